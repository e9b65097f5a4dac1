export type { BusMetrics, BusOptions, SubscriptionStatus } from "@aether/bus-kit";
export { type BusDisconnectedDetails, BusDisconnectedError } from "./errors/bus-disconnected-error.ts";
export { type BusPermissionDetails, BusPermissionError } from "./errors/bus-permission-error.ts";
export type { NatsBusMetrics } from "./metrics.ts";
export type {
  ClientPublishOptions,
  ClientSubscribeOptions,
  ClientSubscription,
  NatsConnection,
  NatsHeaders,
  NatsMessage,
  NatsServerInfo,
  NatsStatus,
} from "./nats-connection.ts";
export { NatsEventBus } from "./nats-event-bus.ts";
export type { NatsEventBusOptions, NatsHandlerOptions, NatsSubscribeOptions, QueueGroupOption } from "./options.ts";
export type { NatsBusStatus } from "./status.ts";
