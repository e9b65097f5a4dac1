export { MemoryEventStore, memoryStoreSupports } from "./memory-event-store.ts";
