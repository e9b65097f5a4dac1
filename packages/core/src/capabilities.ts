import type { Event, NewEvent } from "./event.ts";
import type { Position } from "./position.ts";
import type { SnapshotStore } from "./snapshot.ts";
import type { CallOptions, EventStore, SaveReceipt } from "./store.ts";

/** The `batch` capability. */
export interface BatchEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Saves several events of one actor, in ascending order of version, all or nothing. `[]` saves nothing and resolves
   * to `[]`.
   *
   * @throws `AETHER_INVALID_EVENT` when the events are of several actors or not ascending
   * @throws `AETHER_VERSION_CONFLICT` when the first version is not greater than the actor's latest. `sameEvent` is
   * true when every event of the batch stands at its version already.
   */
  saveEvents(events: readonly NoInfer<NewEvent<E> | E>[], options?: CallOptions): Promise<readonly SaveReceipt[]>;
}

/** A record in the store that is no event. Plain reads skip it. */
export interface ReplayError {
  /** Where it stands. */
  readonly position: Position;
  /** The record's bytes, as they are stored. */
  readonly raw: Uint8Array;
  /** Why it could not be read. */
  readonly cause: unknown;
}

/** What {@link ReplayReportingEventStore.getEventsWithErrors} found. */
export interface EventsWithErrors<out E extends Event = Event> {
  /** The events, as `getEvents` gives them. */
  readonly events: readonly E[];
  /** The malformed records, in the order of the store; `[]` if there are none. */
  readonly errors: readonly ReplayError[];
}

/** The `replayErrors` capability. */
export interface ReplayReportingEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Like `getEvents`, and reports the malformed records that it met.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getEventsWithErrors(actorId: string, fromVersion?: number, options?: CallOptions): Promise<EventsWithErrors<E>>;
}

/** What {@link StreamingEventStore.readEvents} reads. */
export interface ReadOptions extends CallOptions {
  /**
   * The lowest version wanted, inclusive.
   * @default 0
   */
  readonly fromVersion?: number | undefined;
  /**
   * The highest version wanted, inclusive.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly toVersion?: number | undefined;
  /**
   * The most events to yield.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly limit?: number | undefined;
  /**
   * `"backward"` yields the newest first.
   * @default "forward"
   */
  readonly direction?: "forward" | "backward" | undefined;
}

/** The `streaming` capability. */
export interface StreamingEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Reads an actor's events lazily, in bounded memory. Nothing happens before the first event is asked for; leaving the
   * loop frees what the read holds. Its iterator rejects with the errors that `getEvents` rejects with.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`, all of them in the loop
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E>;
}

/** Each capability and the interface that a store has with it. */
export interface StoreCapabilities<E extends Event = Event> {
  /** Several events at once, all or nothing. */
  batch: BatchEventStore<E>;
  /** Malformed records are reported. */
  replayErrors: ReplayReportingEventStore<E>;
  /** Lazy reads. */
  streaming: StreamingEventStore<E>;
  /** Shortcuts for long histories. */
  snapshots: EventStore<E> & SnapshotStore;
}

/** The name of a capability that a store may have. */
export type StoreCapability = keyof StoreCapabilities;

/**
 * Tells whether a store has a capability, and narrows its type to it.
 *
 * @example
 * ```ts
 * if (supports(store, "batch")) await store.saveEvents(events);
 * ```
 */
export function supports<E extends Event, Capability extends StoreCapability>(
  store: EventStore<E>,
  capability: Capability,
): store is StoreCapabilities<E>[Capability] {
  return store.supports[capability] === true;
}
