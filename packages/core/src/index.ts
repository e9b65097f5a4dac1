export { abortable, onAbort } from "./abort.ts";
export type {
  EventBroadcaster,
  EventSubscription,
  HandlerOptions,
  SubscribeOptions,
  Subscription,
} from "./bus.ts";
export {
  BusClosedError,
  InvalidNamespaceError,
  SubscriptionOverflowError,
  SubscriptionUsedError,
} from "./bus-errors.ts";
export type {
  BatchEventStore,
  EventsWithErrors,
  ReadOptions,
  ReplayReportingEventStore,
  StoreCapabilities,
  StoreCapability,
  StreamingEventStore,
} from "./capabilities.ts";
export { supports } from "./capabilities.ts";
export { DocumentTooLargeError, InvalidDocumentError, RevisionConflictError } from "./document-errors.ts";
export type {
  AtomicDocumentStore,
  DocumentChange,
  DocumentListOptions,
  DocumentStore,
  DocumentStoreCapabilities,
  DocumentStoreSupports,
  DocumentWrite,
  DocumentWriteOptions,
  ExpectedRevision,
  Revision,
  StoredDocument,
  WatchingDocumentStore,
} from "./documents.ts";
export { errorFromJson } from "./error-from-json.ts";
export type { AetherErrorJson, ErrorDetails } from "./errors.ts";
export { AetherError, because, quote } from "./errors.ts";
// Other packages can augment an interface only if it is exported with `export *`.
export type * from "./errors-by-code.ts";
export { isAetherError, isVersionConflictError } from "./errors-by-code.ts";
export type {
  DataOf,
  Event,
  EventDraft,
  EventInput,
  EventMetadata,
  EventOfType,
  EventsOf,
  NewEvent,
  NewEventOf,
  Unmatched,
} from "./event.ts";
export type { EventStored } from "./event-stored.ts";
export { EVENT_STORED } from "./event-stored.ts";
export type {
  FeedEventStore,
  FeedOptions,
  FeedPage,
  ListingEventStore,
  ListOptions,
  StoredEvent,
} from "./feed.ts";
export type { Immutable, JsonData, JsonObject, JsonShape, NotJson } from "./json.ts";
export { MetadataKeys } from "./metadata-keys.ts";
export type { Position } from "./position.ts";
export type { ReplayError } from "./replay-error.ts";
export type { NewSnapshot, Snapshot, SnapshotStore } from "./snapshot.ts";
export type { CallOptions, EventStore, SaveReceipt, StoreSupports } from "./store.ts";
export type { OutcomeUnknownDetails, VersionConflictDetails } from "./store-errors.ts";
export {
  EventTooLargeError,
  HistoryTruncatedError,
  InvalidArgumentError,
  InvalidEventError,
  invalid,
  OutcomeUnknownError,
  StoreClosedError,
  StoreUnavailableError,
  StreamResetError,
  UnsupportedError,
  VersionConflictError,
} from "./store-errors.ts";
