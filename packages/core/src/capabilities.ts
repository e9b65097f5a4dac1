import type { DocumentStore, DocumentStoreCapabilities } from "./documents.ts";
import type { Event, EventInput } from "./event.ts";
import type { FeedEventStore, ListingEventStore } from "./feed.ts";
import type { ReplayError } from "./replay-error.ts";
import type { SnapshotStore } from "./snapshot.ts";
import type { CallOptions, EventStore, SaveReceipt } from "./store.ts";

/** Store with the `batch` capability. */
export interface BatchEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Saves several events of one actor, in ascending version order: either all of them or none. For `[]`, resolves to
   * `[]`.
   *
   * @throws `AETHER_INVALID_EVENT` if the events belong to several actors, or their versions are not ascending
   * @throws `AETHER_VERSION_CONFLICT` if the first version is not greater than the actor's latest version. `sameEvent`
   * is true if every event of the batch is already stored at its version.
   * @throws the other errors of `saveEvent`
   */
  saveEvents(events: readonly EventInput<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]>;
}

/** Result of {@link ReplayReportingEventStore.getEventsWithErrors}. */
export interface EventsWithErrors<out E extends Event = Event> {
  /** The events, as `getEvents` returns them. */
  readonly events: readonly E[];
  /**
   * The malformed records, in store order; `[]` if there are none. If the read began at a version above 1, malformed
   * records before the first of `events` may be missing.
   */
  readonly errors: readonly ReplayError[];
}

/** Store with the `replayErrors` capability. */
export interface ReplayReportingEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Returns the actor's events, as `getEvents` does, and the malformed records among them. Read from version 0 to get
   * all malformed records of the actor.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getEventsWithErrors(actorId: string, fromVersion?: number, options?: CallOptions): Promise<EventsWithErrors<E>>;
}

/** Options of {@link StreamingEventStore.readEvents}. */
export interface ReadOptions extends CallOptions {
  /**
   * Lowest version to read, inclusive.
   * @default 0
   */
  readonly fromVersion?: number | undefined;
  /**
   * Highest version to read, inclusive.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly toVersion?: number | undefined;
  /**
   * Maximum number of events to read.
   * @default Number.MAX_SAFE_INTEGER
   */
  readonly limit?: number | undefined;
  /**
   * Order of the events: `"backward"` yields the newest event first.
   * @default "forward"
   */
  readonly direction?: "forward" | "backward" | undefined;
}

/** Store with the `streaming` capability. */
export interface StreamingEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Reads an actor's events lazily, in bounded memory. The read starts when the `for await` loop requests the first
   * event, and yields at least the events that are stored then, even if others are saved meanwhile. Leaving the loop
   * frees the resources of the read. The options are read at the call. If the store is closed during the read, the read
   * yields all its events or throws `AETHER_STORE_CLOSED`; it never ends early.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`: the same
   * errors as `getEvents`. All errors are thrown by the loop, not by the call.
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E>;
}

/** The capabilities, and the interface that a store with each capability implements. */
export interface StoreCapabilities<E extends Event = Event> {
  /** Saves of several events of one actor in one call, all or nothing (`saveEvents`). */
  batch: BatchEventStore<E>;
  /** Reads that also report malformed records (`getEventsWithErrors`). */
  replayErrors: ReplayReportingEventStore<E>;
  /** Lazy reads (`readEvents`). */
  streaming: StreamingEventStore<E>;
  /** Snapshots (`saveSnapshot`): a read of a long history can start after the newest snapshot. */
  snapshots: EventStore<E> & SnapshotStore;
  /** Reads of the events of all actors in store order, from a position, then live (`readFeed`). */
  feed: FeedEventStore<E>;
  /** Lists of all actors (`listActors`). */
  listing: ListingEventStore<E>;
}

/**
 * Name of a capability.
 *
 * @example
 * ```ts
 * const needed: readonly StoreCapability[] = ["batch", "streaming"];
 * const missing = needed.filter((capability) => !supports(store, capability));
 * ```
 */
export type StoreCapability = keyof StoreCapabilities;

/**
 * Returns true if a store of events or of documents has a capability, and narrows its type accordingly.
 *
 * @example
 * ```ts
 * if (supports(store, "batch")) await store.saveEvents(events);
 * ```
 */
export function supports<E extends Event, Capability extends StoreCapability>(
  store: EventStore<E>,
  capability: Capability,
): store is StoreCapabilities<E>[Capability];
export function supports<Capability extends keyof DocumentStoreCapabilities>(
  store: DocumentStore,
  capability: Capability,
): store is DocumentStoreCapabilities[Capability];
export function supports(store: { readonly supports: object }, capability: string): boolean {
  return (store.supports as Readonly<Record<string, unknown>>)[capability] === true;
}
