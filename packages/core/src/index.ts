export type {
  EventBroadcaster,
  EventSubscription,
  HandlerOptions,
  SubscribeOptions,
  Subscription,
} from "./bus.ts";
export type {
  BatchEventStore,
  EventsWithErrors,
  ReadOptions,
  ReplayError,
  ReplayReportingEventStore,
  StoreCapabilities,
  StoreCapability,
  StoreSupports,
  StreamingEventStore,
} from "./capabilities.ts";
export { supports } from "./capabilities.ts";
export type { AetherErrorJson } from "./errors/aether-error.ts";
export { AetherError, isAetherError } from "./errors/aether-error.ts";
export { BusClosedError, StoreClosedError } from "./errors/closed-errors.ts";
// A star, because only what is exported by a star can be augmented from outside.
export type * from "./errors/errors-by-code.ts";
export type { EventTooLargeDetails } from "./errors/event-too-large-error.ts";
export { EventTooLargeError } from "./errors/event-too-large-error.ts";
export type { InvalidArgumentDetails } from "./errors/invalid-argument-error.ts";
export { InvalidArgumentError } from "./errors/invalid-argument-error.ts";
export type { InvalidEventDetails } from "./errors/invalid-event-error.ts";
export { InvalidEventError } from "./errors/invalid-event-error.ts";
export type { InvalidNamespaceDetails } from "./errors/invalid-namespace-error.ts";
export { InvalidNamespaceError } from "./errors/invalid-namespace-error.ts";
export type { OutcomeUnknownDetails } from "./errors/outcome-unknown-error.ts";
export { OutcomeUnknownError } from "./errors/outcome-unknown-error.ts";
export type { StoreUnavailableDetails } from "./errors/store-unavailable-error.ts";
export { StoreUnavailableError } from "./errors/store-unavailable-error.ts";
export type { SubscriptionOverflowDetails } from "./errors/subscription-overflow-error.ts";
export { SubscriptionOverflowError } from "./errors/subscription-overflow-error.ts";
export type { SubscriptionUsedDetails } from "./errors/subscription-used-error.ts";
export { SubscriptionUsedError } from "./errors/subscription-used-error.ts";
export type { UnsupportedDetails } from "./errors/unsupported-error.ts";
export { UnsupportedError } from "./errors/unsupported-error.ts";
export type { VersionConflictDetails } from "./errors/version-conflict-error.ts";
export { isVersionConflictError, VersionConflictError } from "./errors/version-conflict-error.ts";
export type { DataOf, Event, EventDraft, EventMetadata, EventOfType, EventsOf, NewEvent } from "./event.ts";
export type { EventStored } from "./event-stored.ts";
export { EVENT_STORED } from "./event-stored.ts";
export type { Immutable, JsonData, JsonShape, NotJson } from "./json.ts";
export { MetadataKeys } from "./metadata-keys.ts";
export type { Position } from "./position.ts";
export type { NewSnapshot, Snapshot, SnapshotStore } from "./snapshot.ts";
export type { CallOptions, EventStore, SaveReceipt } from "./store.ts";
