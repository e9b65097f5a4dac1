export type { BusMetrics, BusOptions, SubscriptionStatus } from "@aether/bus-kit";
export type { NatsConnection } from "@aether/nats";
export { BusDisconnectedError, BusPermissionError } from "./errors.ts";
export type { NatsBusMetrics } from "./metrics.ts";
export { NatsEventBus } from "./nats-event-bus.ts";
export type { NatsEventBusOptions, QueueGroupOption } from "./options.ts";
export type { NatsBusStatus } from "./status.ts";
