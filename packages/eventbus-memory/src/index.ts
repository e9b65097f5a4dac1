export type { BusMetrics, SubscriptionStatus } from "@aether/subscriptions";
export { SubscriptionOverflowError, SubscriptionUsedError } from "@aether/subscriptions";
export { MemoryEventBus } from "./memory-event-bus.ts";
export type { MemoryEventBusOptions } from "./options.ts";
