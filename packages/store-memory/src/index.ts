export { MemoryDocumentStore, memoryDocumentStoreSupports } from "./memory-document-store.ts";
export type { MemoryStoreOptions } from "./memory-event-store.ts";
export { MemoryEventStore, memoryStoreSupports } from "./memory-event-store.ts";
