export type { NatsConnection } from "@aether/nats";
export type { JetStreamDocumentStoreOptions } from "./documents/document-options.ts";
export { JetStreamDocumentStore, jetStreamDocumentStoreSupports } from "./documents/jetstream-document-store.ts";
export type { StreamDifference } from "./errors.ts";
export {
  ContentionError,
  MessageTooLargeError,
  StoreFullError,
  StreamMismatchError,
  StreamNotFoundError,
  UnsafeServerError,
} from "./errors.ts";
export type { CacheStats } from "./head-cache.ts";
export type { LoadedActor } from "./jetstream-event-store.ts";
export { JetStreamEventStore, jetStreamStoreSupports } from "./jetstream-event-store.ts";
export type { JetStreamStoreOptions, StreamMode } from "./options.ts";
export type { StreamPlacement, StreamSettings } from "./stream-settings.ts";
