import type {
  BatchEventStore,
  CallOptions,
  EventStore,
  ReadOptions,
  ReplayReportingEventStore,
  SnapshotStore,
  StoreCapability,
  StoreSupports,
  StreamingEventStore,
} from "@aether/core";
import { collect, event } from "../samples/events.ts";

/** A store with the methods of every capability. At run time, some of them may be missing. */
type AnyStore = EventStore & BatchEventStore & ReplayReportingEventStore & StreamingEventStore & SnapshotStore;

/** A method of stores, and how to call it. Used by cases that hold for every method. */
export interface StoreCall {
  readonly method: Exclude<keyof AnyStore, "supports" | "close" | typeof Symbol.asyncDispose>;
  /** The capability that the method belongs to; `undefined` for a method of every store. */
  readonly capability?: StoreCapability;
  /** Calls the method with valid arguments for actor `"a"`. Saves begin at version 1. */
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
    run: (store, options) => collect(store.readEvents("a", read(options))),
    runInvalid: (store, options) => collect(store.readEvents("", read(options))),
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
];

/** The methods of every store, and of the capabilities that the manifest declares. */
export function declaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability === undefined || supports[capability] === true);
}

/** The methods of the capabilities that the manifest does not declare. */
export function undeclaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability !== undefined && supports[capability] !== true);
}

/** Types a store so that any method can be called. */
export function asAnyStore(store: EventStore): AnyStore {
  return store as AnyStore;
}

function read(options: CallOptions | undefined): ReadOptions {
  return { ...options, limit: 1 };
}
