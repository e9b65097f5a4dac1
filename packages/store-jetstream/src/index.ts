export type { NatsConnection } from "@aether/nats";
export { ContentionError } from "./append/contention-error.ts";
export { StoreFullError } from "./append/store-full-error.ts";
export { HistoryTruncatedError } from "./expiry/history-truncated-error.ts";
export type { LoadedActor } from "./jetstream-event-store.ts";
export { JetStreamEventStore, jetStreamStoreSupports } from "./jetstream-event-store.ts";
export type { JetStreamStoreOptions } from "./options.ts";
export type { StreamMode } from "./stream/ensure-stream.ts";
export type { StreamDifference } from "./stream/stream-errors.ts";
export {
  StreamMismatchError,
  StreamNotFoundError,
  StreamResetError,
  UnsafeServerError,
} from "./stream/stream-errors.ts";
export type { CacheStats } from "./version-cache.ts";
