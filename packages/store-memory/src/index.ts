export type { MemoryStoreOptions } from "./memory-event-store.ts";
export { MemoryEventStore, memoryStoreSupports } from "./memory-event-store.ts";
