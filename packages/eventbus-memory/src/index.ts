export type { BusMetrics, BusOptions, SubscriptionStatus } from "@aether/bus-kit";
export { MemoryEventBus, type MemoryEventBusOptions } from "./memory-event-bus.ts";
