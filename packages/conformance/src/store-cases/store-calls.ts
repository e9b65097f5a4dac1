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

/** A store with every capability, to call what it may turn out not to have. */
type AnyStore = EventStore & BatchEventStore & ReplayReportingEventStore & StreamingEventStore & SnapshotStore;

/** What a method of a store is called with by the cases that hold for all methods. */
export interface StoreCall {
  readonly method: Exclude<keyof AnyStore, "supports" | "close" | typeof Symbol.asyncDispose>;
  /** The capability that the method belongs to; `undefined` for a method of every store. */
  readonly capability?: StoreCapability;
  /** With good arguments, for actor `"a"`: what is saved is its version 1. */
  readonly run: (store: AnyStore, options?: CallOptions) => Promise<unknown>;
  /** With arguments that are refused, and the code that they are refused with. */
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

/** The methods that a store has by its manifest. */
export function declaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability === undefined || supports[capability] === true);
}

/** The methods of the capabilities that a store does not have by its manifest. */
export function undeclaredCalls(supports: StoreSupports): readonly StoreCall[] {
  return everyCall.filter(({ capability }) => capability !== undefined && supports[capability] !== true);
}

/** A store, for a call of {@link declaredCalls} it. */
export function asAnyStore(store: EventStore): AnyStore {
  return store as AnyStore;
}

function read(options: CallOptions | undefined): ReadOptions {
  return { ...options, limit: 1 };
}
