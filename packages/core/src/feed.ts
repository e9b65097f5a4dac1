import type { Event } from "./event.ts";
import type { Position } from "./position.ts";
import type { ReplayError } from "./replay-error.ts";
import type { CallOptions, EventStore } from "./store.ts";

/** An event, and its position in the store. */
export interface StoredEvent<out E extends Event = Event> {
  /** The event, deeply frozen. */
  readonly event: E;
  /** Position of the event: the same as in the receipt of its save. */
  readonly position: Position;
}

/** Options of {@link FeedEventStore.readFeed}. */
export interface FeedOptions<E extends Event = Event> extends CallOptions {
  /**
   * Position to read after, exclusive: of a page, an event or a receipt.
   * @default from the first event of the store
   */
  readonly after?: Position | undefined;
  /**
   * False to end after everything that was stored when the read began. True to continue with each event that is stored
   * later, until the loop is left or the signal is aborted.
   * @default false
   */
  readonly follow?: boolean | undefined;
  /**
   * Types of the events to read. Events of other types are skipped.
   * @default all types
   */
  readonly eventTypes?: readonly E["eventType"][] | undefined;
  /**
   * Text that the ids of the actors must begin with. Events of other actors are skipped.
   * @default all actors
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * Partition to read, an integer from 0 to 15. Each actor is in exactly one partition, which never changes. So sixteen
   * readers can share a feed, and each reads all events of its actors in order. The partition is the same in every
   * store: the last four bits of the 32-bit FNV-1a hash of the id's UTF-8 bytes.
   * @default all partitions
   */
  readonly partition?: number | undefined;
}

/** Consecutive events of a feed. */
export interface FeedPage<out E extends Event = Event> {
  /** The events, in the order in which they were stored. May be empty. A batch is never split across pages. */
  readonly events: readonly StoredEvent<E>[];
  /** The malformed records among the events, in the order in which they were stored. */
  readonly errors: readonly ReplayError[];
  /**
   * Position to continue after: everything up to here was examined, including events that the options skip. `undefined`
   * as long as the store is empty. If a read with `follow` skips all new events, a page without events reports the new
   * position within a second.
   */
  readonly position: Position | undefined;
  /** True if the read has delivered everything that was stored when this page was requested. */
  readonly isCaughtUp: boolean;
}

/** Store with the `feed` capability. */
export interface FeedEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Reads the events of all actors, in the order in which they were stored. The read delivers each stored event exactly
   * once, by ascending position. No event appears later at a position below one that was already delivered. Store the
   * position of a page together with your results, and pass it as `after` to continue after a restart.
   *
   * The options are read at the call. The read starts when the `for await` loop requests the first page, and each loop
   * over the result is a new read. Pages are read lazily, in bounded memory. Leaving the loop or aborting the signal
   * ends the read immediately and frees its resources. With `follow`, it survives lost connections.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or `after` is not a position
   * @throws `AETHER_STREAM_RESET` if `after` is from another store, or the store has lost events that it had
   * @throws `AETHER_HISTORY_TRUNCATED` if the first requested events have expired
   * @throws `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors are thrown by the loop, not
   * by the call.
   */
  readFeed(options?: FeedOptions<E>): AsyncIterable<FeedPage<E>>;

  /**
   * Returns the position of the last stored event, or `undefined` if the store has none. The result is never outdated.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestPosition(options?: CallOptions): Promise<Position | undefined>;
}

/** Options of {@link ListingEventStore.listActors}. */
export interface ListOptions extends CallOptions {
  /**
   * Text that the ids must begin with.
   * @default all ids
   */
  readonly actorIdPrefix?: string | undefined;
}

/** Store with the `listing` capability. */
export interface ListingEventStore<out E extends Event = Event> extends EventStore<E> {
  /**
   * Lists the ids of the actors that have events, in no particular order, in bounded memory. An actor that has events
   * from the first request to the last is listed exactly once, and no actor is listed twice. The options are read at
   * the call.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  listActors(options?: ListOptions): AsyncIterable<string>;
}
