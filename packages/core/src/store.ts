/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, NewEvent } from "./event.ts";
import type { Position } from "./position.ts";

/** What every call that waits accepts. */
export interface CallOptions {
  /**
   * Ends the call early. Before anything was written the promise rejects with `signal.reason`; a save that was already
   * under way rejects with `OutcomeUnknownError`, which has the reason as its cause.
   * @default none: the call takes as long as it takes
   */
  readonly signal?: AbortSignal | undefined;
}

/** What a store answers when an event was saved. */
export interface SaveReceipt {
  /** The event's id: the writer's own, or the UUID that the store made. */
  readonly id: string;
  /** The version that was saved. */
  readonly version: number;
  /** The event's timestamp, RFC 3339: the writer's own, or the store's clock. */
  readonly timestamp: string;
  /** Where the store keeps it. */
  readonly position: Position;
}

/** Manifest of a store: the capabilities that it has, and two facts. */
export interface StoreSupports {
  /** Saves several events of one actor, all or nothing: `BatchEventStore`. */
  readonly batch?: boolean;
  /** Reports malformed records: `ReplayReportingEventStore`. */
  readonly replayErrors?: boolean;
  /** Reads lazily: `StreamingEventStore`. */
  readonly streaming?: boolean;
  /** Keeps snapshots: `SnapshotStore`. */
  readonly snapshots?: boolean;
  /** Events outlive the store object. */
  readonly durable: boolean;
  /** Several open stores, in any process, see the same events. */
  readonly shared: boolean;
}

/**
 * Keeps events. It decides which of two concurrent writers of one version wins; nothing is ever changed or removed.
 *
 * Every method rejects, in this order of precedence, with
 * - `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT`: the input is refused, nothing was written;
 * - `AETHER_STORE_CLOSED`: `close()` was called before;
 * - `signal.reason`, `AETHER_OUTCOME_UNKNOWN`: see {@link CallOptions};
 * - `AETHER_UNSUPPORTED`, `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`: as they say.
 *
 * No method throws synchronously.
 *
 * @typeParam E - the union of the events that the application keeps in it (see `EventsOf`)
 */
export interface EventStore<out E extends Event = Event> extends AsyncDisposable {
  /** What this store can do. */
  readonly supports: StoreSupports;

  /**
   * Saves one event, as a copy: what happens to the object afterwards does not matter. Its `version` must be greater than the actor's latest; save *the version you read + 1*. A larger
   * jump is accepted, but gives up the protection against writers that saved a version in between.
   *
   * @throws `AETHER_VERSION_CONFLICT` when the version is not greater than the actor's latest; nothing was stored.
   */
  saveEvent(event: NoInfer<NewEvent<E> | E>, options?: CallOptions): Promise<SaveReceipt>;

  /**
   * The actor's events, ascending by version and deeply frozen; `[]` if there are none.
   *
   * @param fromVersion - the first version wanted, inclusive
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getEvents(actorId: string, fromVersion?: number, options?: CallOptions): Promise<readonly E[]>;

  /**
   * The version of the actor's last event, never a stale one; 0 if it has none.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestVersion(actorId: string, options?: CallOptions): Promise<number>;

  /**
   * Finishes what is under way and refuses what comes later. A lazy read that is not at its end may end with
   * `AETHER_STORE_CLOSED`. Calling it again is allowed. Never rejects.
   */
  close(): Promise<void>;
}
