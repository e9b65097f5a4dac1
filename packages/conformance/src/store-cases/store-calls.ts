import type {
  BatchEventStore,
  CallOptions,
  EventStore,
  FeedEventStore,
  ListingEventStore,
  ReplayReportingEventStore,
  SnapshotStore,
  StoreCapability,
  StoreSupports,
  StreamingEventStore,
} from "@aether/core";
import { collect, event } from "../samples/events.ts";

/** A store with the methods of all capabilities. At run time, some of these methods may be missing. */
type AnyStore = EventStore &
  BatchEventStore &
  ReplayReportingEventStore &
  StreamingEventStore &
  SnapshotStore &
  FeedEventStore &
  ListingEventStore;

/** A method of stores, with functions that call it. Used by cases that apply to every method. */
export interface StoreCall {
  readonly method: Exclude<keyof AnyStore, "supports" | "close" | typeof Symbol.asyncDispose>;
  /** The capability that the method belongs to, or `undefined` for a method that every store has. */
  readonly capability?: StoreCapability;
  /** Calls the method with valid arguments for actor `"a"`. Saves start at version 1. */
  readonly run: (store: AnyStore, options?: CallOptions) => Promise<unknown>;
  /** Calls the method with arguments that must be rejected with `invalidCode`. */
  readonly runInvalid: (store: AnyStore, options?: CallOptions) => Promise<unknown>;
  readonly invalidCode: "AETHER_INVALID_EVENT" | "AETHER_INVALID_ARGUMENT";
}

const everyCall: readonly StoreCall[] = [
  {
    method: "saveEvent",
    run: (store, options) => store.saveEvent(event("a", 1), options),
    runInvalid: (store, options) => store.saveEvent(event("a", 0), options),
    invalidCode: "AETHER_INVALID_EVENT",
  },
  {
    method: "getEvents",
    run: (store, options) => store.getEvents("a", 0, options),
    runInvalid: (store, options) => store.getEvents("", 0, options),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "getLatestVersion",
    run: (store, options) => store.getLatestVersion("a", options),
    runInvalid: (store, options) => store.getLatestVersion("", options),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "saveEvents",
    capability: "batch",
    run: (store, options) => store.saveEvents([event("a", 1), event("a", 2)], options),
    runInvalid: (store, options) => store.saveEvents([event("a", 1), event("a", 1)], options),
    invalidCode: "AETHER_INVALID_EVENT",
  },
  {
    method: "getEventsWithErrors",
    capability: "replayErrors",
    run: (store, options) => store.getEventsWithErrors("a", 0, options),
    runInvalid: (store, options) => store.getEventsWithErrors("", 0, options),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "readEvents",
    capability: "streaming",
    run: (store, options) => collect(store.readEvents("a", options)),
    runInvalid: (store, options) => collect(store.readEvents("", options)),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "saveSnapshot",
    capability: "snapshots",
    run: (store, options) => store.saveSnapshot({ actorId: "a", version: 1, state: {} }, options),
    runInvalid: (store, options) => store.saveSnapshot({ actorId: "a", version: 0, state: {} }, options),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "getLatestSnapshot",
    capability: "snapshots",
    run: (store, options) => store.getLatestSnapshot("a", options),
    runInvalid: (store, options) => store.getLatestSnapshot("", options),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "readFeed",
    capability: "feed",
    run: (store, options) => collect(store.readFeed(options)),
    runInvalid: (store, options) => collect(store.readFeed({ ...options, partition: 16 })),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "getLatestPosition",
    capability: "feed",
    run: (store, options) => store.getLatestPosition(options),
    runInvalid: (store, options) => store.getLatestPosition({ ...options, signal: 5 as unknown as AbortSignal }),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
  {
    method: "listActors",
    capability: "listing",
    run: (store, options) => collect(store.listActors(options)),
    runInvalid: (store, options) => collect(store.listActors({ ...options, actorIdPrefix: 5 as unknown as string })),
    invalidCode: "AETHER_INVALID_ARGUMENT",
  },
];

/** Returns the methods that every store has, and those of the declared capabilities. */
export function declaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability === undefined || supports[capability] === true);
}

/** Returns the methods that belong to undeclared capabilities. */
export function undeclaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability !== undefined && supports[capability] !== true);
}

/** Types a store so that any method can be called. */
export function asAnyStore(store: EventStore): AnyStore {
  return store as AnyStore;
}
