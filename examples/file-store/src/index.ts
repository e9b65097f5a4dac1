export { FileEventStore, fileStoreSupports } from "./file-event-store.ts";
