export type { BusMetrics, BusOptions, SubscriptionStatus } from "@aether/subscriptions";
export { MemoryEventBus, type MemoryEventBusOptions } from "./memory-event-bus.ts";
