export type { BusMetrics, BusOptions, SubscriptionStatus } from "@aether/bus-kit";
export type { NatsConnection } from "@aether/nats";
export { type BusDisconnectedDetails, BusDisconnectedError } from "./errors/bus-disconnected-error.ts";
export { type BusPermissionDetails, BusPermissionError } from "./errors/bus-permission-error.ts";
export type { NatsBusMetrics } from "./metrics.ts";
export { NatsEventBus } from "./nats-event-bus.ts";
export type { NatsEventBusOptions, NatsHandlerOptions, NatsSubscribeOptions, QueueGroupOption } from "./options.ts";
export type { NatsBusStatus } from "./status.ts";
