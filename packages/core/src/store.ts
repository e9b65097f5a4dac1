/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, NewEvent } from "./event.ts";
import type { Position } from "./position.ts";

/** Options of every call that returns a promise. */
export interface CallOptions {
  /**
   * Signal that ends the call early. Before anything was sent or stored, the promise rejects with `signal.reason`. A
   * save that is already in flight rejects with `AETHER_OUTCOME_UNKNOWN`, whose cause is the reason.
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

/** Manifest of a store: the capabilities that it has, and two facts. */
export interface StoreSupports {
  /** The store saves several events of one actor, all or nothing: `BatchEventStore`. */
  readonly batch?: boolean;
  /** The store reports malformed records: `ReplayReportingEventStore`. */
  readonly replayErrors?: boolean;
  /** The store reads lazily: `StreamingEventStore`. */
  readonly streaming?: boolean;
  /** The store keeps snapshots: `SnapshotStore`. */
  readonly snapshots?: boolean;
  /** Events outlive the store object. */
  readonly durable: boolean;
  /** Several open stores, in any process, see the same events. */
  readonly shared: boolean;
}

/**
 * A store of events. If two writers save the same version of an actor, the store accepts one of them and rejects the
 * other. Stored events never change.
 *
 * If several things are wrong at once, a method rejects with the first of
 * - `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT`: the input is invalid; nothing was stored;
 * - `AETHER_STORE_CLOSED`: `close()` was called before;
 * - `signal.reason` or `AETHER_OUTCOME_UNKNOWN`: see {@link CallOptions};
 * - `AETHER_UNSUPPORTED`, `AETHER_EVENT_TOO_LARGE` or `AETHER_STORE_UNAVAILABLE`.
 *
 * No method throws synchronously.
 *
 * @typeParam E - union of the application's events in this store (see `EventsOf`)
 */
export interface EventStore<out E extends Event = Event> extends AsyncDisposable {
  /** Manifest of the store: its capabilities, and two facts. */
  readonly supports: StoreSupports;

  /**
   * Saves one event. Its `version` must be greater than the actor's latest version: save *the version that you read,
   * plus one*. A larger jump is accepted, but does not detect writers that saved a version in between. The store keeps
   * a copy; later changes to the object have no effect.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; nothing was stored
   */
  saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt>;

  /**
   * Returns the actor's events, ascending by version and deeply frozen; `[]` if there are none.
   *
   * @param fromVersion - lowest version to return, inclusive; 0 by default
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getEvents(actorId: string, fromVersion?: number, options?: CallOptions): Promise<readonly E[]>;

  /**
   * Returns the version of the actor's last event, never an outdated one; 0 if the actor has no events.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestVersion(actorId: string, options?: CallOptions): Promise<number>;

  /**
   * Finishes the calls in flight and rejects later ones. An unfinished lazy read may end with `AETHER_STORE_CLOSED`.
   * Calling it again is allowed. Never rejects.
   */
  close(): Promise<void>;
}
