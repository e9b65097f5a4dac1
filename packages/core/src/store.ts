/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, EventInput } from "./event.ts";
import type { Position } from "./position.ts";

/** Options of a call to a store or a bus. */
export interface CallOptions {
  /**
   * Signal that ends the call early. The call then rejects with `signal.reason`. A save of events, or a write of a
   * document, that is already in flight rejects with `AETHER_OUTCOME_UNKNOWN` instead, and `signal.reason` is the cause
   * of this error. If a save or a write rejects with `signal.reason`, nothing is stored, and nothing will be. No
   * listener remains on the signal after the call.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
}

/** Result of a successful save. */
export interface SaveReceipt {
  /** Id of the event: the writer's, or the UUID that the store generated. */
  readonly id: string;
  /** Version of the event. */
  readonly version: number;
  /** Timestamp of the event, RFC 3339: the writer's, or the time of the save. */
  readonly timestamp: string;
  /** Position of the event in the store. */
  readonly position: Position;
}

/** Manifest of a store: its capabilities, and whether its events are durable and shared. */
export interface StoreSupports {
  /** The store can save several events of one actor, all or nothing (`BatchEventStore`). */
  readonly batch?: boolean;
  /** The store can report malformed records (`ReplayReportingEventStore`). */
  readonly replayErrors?: boolean;
  /** The store can read lazily (`StreamingEventStore`). */
  readonly streaming?: boolean;
  /** The store can keep snapshots (`SnapshotStore`). */
  readonly snapshots?: boolean;
  /** The store can read the events of all actors in store order (`FeedEventStore`). */
  readonly feed?: boolean;
  /** The store can list its actors (`ListingEventStore`). */
  readonly listing?: boolean;
  /** Events remain stored after the store object is closed. */
  readonly durable: boolean;
  /** Several store objects can be open at once, in any process, and see the same events. */
  readonly shared: boolean;
}

/**
 * A store of events. If several writers save the same version of an actor, the store accepts at most one of the saves.
 * Stored events never change.
 *
 * If a call has several problems, it rejects with the first of these errors:
 * - `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT`: the input is invalid, and nothing was stored;
 * - `AETHER_STORE_CLOSED`: `close()` was already called;
 * - `signal.reason` or `AETHER_OUTCOME_UNKNOWN`: see {@link CallOptions};
 * - any other error, such as `AETHER_VERSION_CONFLICT` or `AETHER_UNSUPPORTED`.
 *
 * No method throws synchronously. All errors other than `signal.reason` are instances of `Error`. A store leaves no
 * rejected promise unhandled, and does not change the caller's events and options.
 *
 * @typeParam E - union of the application's events in this store (see `EventsOf`)
 */
export interface EventStore<out E extends Event = Event> extends AsyncDisposable {
  /** Manifest of the store: its capabilities, and whether its events are durable and shared. */
  readonly supports: StoreSupports;

  /**
   * Saves one event. Its `version` must be greater than the actor's latest version: use *the version that you read,
   * plus one*. With a larger jump, the save succeeds even if another writer saved a version in between. The store keeps
   * a copy of the event, so later changes to the object have no effect.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; nothing was stored
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`,
   * `AETHER_OUTCOME_UNKNOWN`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  saveEvent(event: EventInput<E>, options?: CallOptions): Promise<SaveReceipt>;

  /**
   * Returns the actor's events in version order, deeply frozen. Returns `[]` if there are none.
   *
   * @param fromVersion - lowest version to return, inclusive; 0 by default
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getEvents(actorId: string, fromVersion?: number, options?: CallOptions): Promise<readonly E[]>;

  /**
   * Returns the version of the actor's last event, or 0 if the actor has no events. The result includes every save that
   * succeeded before the call.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestVersion(actorId: string, options?: CallOptions): Promise<number>;

  /**
   * Closes the store. Calls in flight finish; later calls reject with `AETHER_STORE_CLOSED`. An unfinished lazy read
   * may fail with this error, too; `close` does not wait for it. Resolves when the calls in flight have ended, and
   * everything that the store has created is freed. No timer of a closed store keeps the process running. Connections
   * that the application passed to the store remain open. Can be called more than once: each call resolves under the
   * same conditions. Never rejects.
   */
  close(): Promise<void>;
}
