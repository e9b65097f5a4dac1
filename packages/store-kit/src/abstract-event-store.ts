import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventInput,
  type EventsWithErrors,
  type FeedEventStore,
  type FeedOptions,
  type FeedPage,
  invalid,
  type ListingEventStore,
  type ListOptions,
  type NewSnapshot,
  type Position,
  type ReadOptions,
  type ReplayReportingEventStore,
  type SaveReceipt,
  type Snapshot,
  type SnapshotStore,
  type StoreCapability,
  type StoreSupports,
  type StreamingEventStore,
  UnsupportedError,
} from "@aether/core";
import type { AnnounceOptions } from "./announce-options.ts";
import { AnnouncementOrder } from "./announcement-order.ts";
import { type Announcer, announcerFor } from "./announcer.ts";
import { checkActorId, checkCount, type ReadRange, readFields } from "./arguments.ts";
import { type OpenFeedRange, readFeedOptions, readListOptions } from "./feed-options.ts";
import { isPromise, type MaybePromise, mapResult } from "./maybe-promise.ts";
import { prepareEvent, prepareEvents } from "./prepare.ts";
import { prepareSnapshot } from "./snapshot.ts";
import { type LazyEvents, StoreCalls } from "./store-calls.ts";

/**
 * Constructor options of {@link AbstractEventStore}.
 *
 * @typeParam E - union of the events in the store
 */
export interface StoreBaseOptions<E extends Event = Event> extends AnnounceOptions<E> {
  /**
   * Runs the calls to one store object one at a time, in the order in which they were made.
   * @default false: calls run at the same time
   */
  readonly inTurn?: boolean | undefined;
}

/**
 * Base class of event stores. It checks the arguments of every call and reports errors in the order that the contract
 * requires. It also prepares and announces events, ends calls when their signal is aborted, and closes the store after
 * the calls in flight. A subclass stores and reads events.
 *
 * The methods of a capability reject with `AETHER_UNSUPPORTED` unless the subclass declares the capability in
 * `supports`. A subclass that declares one overrides the protected method of the capability, if there is one.
 *
 * @example
 * ```ts
 * class EmptyEventStore extends AbstractEventStore {
 *   readonly supports: StoreSupports = { durable: false, shared: false };
 *   protected append(): never {
 *     throw new StoreUnavailableError({ operation: "save an event", reason: "this store stores nothing" });
 *   }
 *   protected read(): EventsWithErrors {
 *     return { events: [], errors: [] };
 *   }
 *   protected latestVersion(): number {
 *     return 0;
 *   }
 * }
 * ```
 */
export abstract class AbstractEventStore<out E extends Event = Event>
  implements
    BatchEventStore<E>,
    ReplayReportingEventStore<E>,
    StreamingEventStore<E>,
    SnapshotStore,
    FeedEventStore<E>,
    ListingEventStore<E>
{
  /** Manifest of the store: its capabilities, and whether its events are durable and shared. */
  abstract readonly supports: StoreSupports;
  readonly #calls: StoreCalls;
  readonly #announcer: Announcer | undefined;
  readonly #order: AnnouncementOrder | undefined;

  /** @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
  constructor(options: StoreBaseOptions<E> = {}) {
    this.#calls = new StoreCalls(readFields(options, "options", ["inTurn"]).inTurn === true);
    this.#announcer = announcerFor(options);
    this.#order = this.#announcer && new AnnouncementOrder(this.#announcer);
  }

  /**
   * Stores the events of one save, all or none, and returns their receipts: see `receiptOf` and `formatPosition`.
   * Only a store with batches gets several events. They belong to one actor, ascend by version, and are deeply frozen.
   *
   * The step that stores the events must also compare the first version with the actor's latest version, so that no
   * other writer can store an event in between: see `conflictOf`. If the signal is aborted, reject with `signal.reason`
   * before anything is sent, and with an `OutcomeUnknownError` afterwards, or wait for the outcome.
   *
   * @throws `AETHER_VERSION_CONFLICT`, `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`, `AETHER_OUTCOME_UNKNOWN`,
   * `signal.reason`
   */
  protected abstract append(
    events: readonly E[],
    signal: AbortSignal | undefined,
  ): MaybePromise<readonly SaveReceipt[]>;

  /**
   * Returns the actor's events from a version on, in version order, and the malformed records among them, in a new
   * array: see `decodeRecords`. A store without the capability `replayErrors` may return `[]` for `errors`.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected abstract read(
    actorId: string,
    fromVersion: number,
    signal: AbortSignal | undefined,
  ): MaybePromise<EventsWithErrors<E>>;

  /**
   * Returns the version of the actor's last event, or 0 if there is none.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected abstract latestVersion(actorId: string, signal: AbortSignal | undefined): MaybePromise<number>;

  /**
   * Reads the events of a range lazily, for the capability `streaming`. Usually an async generator that fetches a page
   * at a time and frees its resources in a `finally` block. It is ended when the loop ends for any reason, after
   * `range.limit` events, and when the store is closed.
   */
  protected readLazily(_actorId: string, _range: ReadRange, _signal: AbortSignal | undefined): LazyEvents<E> {
    throw new UnsupportedError({ capability: "streaming" });
  }

  /**
   * Stores a snapshot unless the stored one has a higher version, for the capability `snapshots`. Its version is not
   * above the actor's latest version.
   *
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`
   */
  protected putSnapshot(_snapshot: Snapshot, _signal: AbortSignal | undefined): MaybePromise<void> {
    throw new UnsupportedError({ capability: "snapshots" });
  }

  /**
   * Returns the stored snapshot of an actor, if there is one, for the capability `snapshots`: see `decodeSnapshot`.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected readSnapshot(_actorId: string, _signal: AbortSignal | undefined): MaybePromise<Snapshot | undefined> {
    throw new UnsupportedError({ capability: "snapshots" });
  }

  /**
   * Yields the pages of the feed, for the capability `feed`: see `FeedEventStore`. The last page of a read without
   * `follow`, and each page that has everything, is caught up. Ends soon after `range.signal` is aborted.
   *
   * @throws `AETHER_STREAM_RESET`, `AETHER_HISTORY_TRUNCATED`, `AETHER_STORE_UNAVAILABLE`
   */
  protected readPages(_range: OpenFeedRange): AsyncIterable<FeedPage<E>> {
    throw new UnsupportedError({ capability: "feed" });
  }

  /**
   * Returns the position of the last stored event, for the capability `feed`.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected latestPosition(_signal: AbortSignal | undefined): MaybePromise<Position | undefined> {
    throw new UnsupportedError({ capability: "feed" });
  }

  /**
   * Yields the ids of the actors that have events, each once, for the capability `listing`. The ids need not begin with
   * the prefix: the others are skipped.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected listIds(_actorIdPrefix: string, _signal: AbortSignal): Iterable<string> | AsyncIterable<string> {
    throw new UnsupportedError({ capability: "listing" });
  }

  /**
   * Runs a step of a feed or a list as a call of its own: in turn with the other calls if the store has the option
   * `inTurn`, and before `release`. Only the waits of `readPages` and `listIds` need no turn.
   *
   * @throws `AETHER_STORE_CLOSED`, `signal.reason`
   */
  protected async takeTurn<T>(step: () => MaybePromise<T>, signal: AbortSignal): Promise<T> {
    return this.#calls.read({ signal }, step);
  }

  /** Releases the store's resources, after the calls in flight have ended. Nothing is called afterwards. */
  protected release(): MaybePromise<void> {}

  /**
   * Saves one event. Its `version` must be greater than the actor's latest version: use *the version that you read,
   * plus one*. With a larger jump, the save succeeds even if another writer saved a version in between.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; nothing was stored
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`,
   * `AETHER_OUTCOME_UNKNOWN`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveEvent(event: EventInput<E>, options?: CallOptions): Promise<SaveReceipt> {
    const receipts = this.#save([prepareEvent<E>(event)], options);
    const [receipt] = isPromise(receipts) ? await receipts : receipts;
    return receipt as SaveReceipt;
  }

  /**
   * Saves several events of one actor, in ascending version order: either all of them or none. For `[]`, resolves to
   * `[]`.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the first version is not greater than the actor's latest version
   * @throws `AETHER_UNSUPPORTED` if the store has no batches, and the other errors of {@link saveEvent}
   */
  async saveEvents(events: readonly EventInput<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events);
    if (prepared.length > 0 && this.supports.batch === true) return this.#save(prepared, options);
    this.#calls.check(options);
    this.#require("batch");
    return [];
  }

  /**
   * Returns the actor's events in version order, deeply frozen. Returns `[]` if there are none. Malformed records are
   * skipped.
   *
   * @param fromVersion - lowest version to return, inclusive
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    return mapResult(this.#read(actorId, fromVersion, options), ({ events }) => Object.freeze(events));
  }

  /**
   * Returns the actor's events, as {@link getEvents} does, and the malformed records among them.
   *
   * @param fromVersion - lowest version to return, inclusive
   * @throws `AETHER_UNSUPPORTED` if the store does not report malformed records, and the errors of {@link getEvents}
   */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    return mapResult(this.#read(actorId, fromVersion, options, "replayErrors"), ({ events, errors }) => ({
      events: Object.freeze(events),
      errors: Object.freeze(errors),
    }));
  }

  /**
   * Reads the actor's events lazily, in bounded memory. The read starts when the `for await` loop requests the first
   * event.
   *
   * @throws `AETHER_UNSUPPORTED` if the store does not read lazily, and the errors of {@link getEvents}. All errors are
   * thrown by the loop, not by the call.
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return this.#calls.readLazily(actorId, options, (range, signal) => {
      this.#require("streaming");
      return this.readLazily(actorId, range, signal);
    });
  }

  /**
   * Returns the version of the actor's last event, or 0 if the actor has no events.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    return this.#calls.read(options, (signal) => this.latestVersion(actorId, signal));
  }

  /**
   * Saves a snapshot. If the stored snapshot of the actor has a higher version than the new one, the save has no
   * effect; otherwise the new one replaces it.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if JSON cannot represent the state, or the version is greater than the actor's
   * latest version
   * @throws `AETHER_UNSUPPORTED` if the store has no snapshots
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    const { actorId, version } = prepared;
    return this.#calls.read(options, (signal) => {
      this.#require("snapshots");
      return mapResult(this.latestVersion(actorId, signal), (latestVersion) => {
        if (version > latestVersion)
          throw invalid("snapshot.version", `is greater than the actor's latest version, ${latestVersion}`);
        return this.putSnapshot(prepared, signal);
      });
    });
  }

  /**
   * Returns the actor's snapshot with the highest version, deeply frozen, or `undefined` if there is none.
   *
   * @throws `AETHER_UNSUPPORTED` if the store has no snapshots
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    checkActorId(actorId);
    return this.#calls.read(options, (signal) => {
      this.#require("snapshots");
      return this.readSnapshot(actorId, signal) as MaybePromise<Snapshot<State> | undefined>;
    });
  }

  /**
   * Reads the events of all actors, in the order in which they were stored: from the beginning or after a position, to
   * the end or, with `follow`, live.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or `after` is not a position
   * @throws `AETHER_STREAM_RESET` if `after` is from another store, or the store has lost events that it had
   * @throws `AETHER_UNSUPPORTED` if the store has no feed
   * @throws `AETHER_HISTORY_TRUNCATED`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`. All errors
   * are thrown by the loop, not by the call.
   */
  readFeed(options?: FeedOptions<E>): AsyncIterable<FeedPage<E>> {
    return this.#calls.readStoppably(
      () => readFeedOptions(options),
      (range) => {
        this.#require("feed");
        return this.readPages(range);
      },
    );
  }

  /**
   * Returns the position of the last stored event, or `undefined` if the store has none.
   *
   * @throws `AETHER_UNSUPPORTED` if the store has no feed
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestPosition(options?: CallOptions): Promise<Position | undefined> {
    return this.#calls.read(options, (signal) => {
      this.#require("feed");
      return this.latestPosition(signal);
    });
  }

  /**
   * Lists the ids of the actors that have events, in no particular order.
   *
   * @throws `AETHER_UNSUPPORTED` if the store cannot list its actors
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  listActors(options?: ListOptions): AsyncIterable<string> {
    return this.#calls.readStoppably(
      () => readListOptions(options),
      ({ actorIdPrefix, signal }) => {
        this.#require("listing");
        return withPrefix(this.listIds(actorIdPrefix, signal), actorIdPrefix);
      },
    );
  }

  /**
   * Closes the store. Calls in flight finish, and the announcements that are still waiting are published. Later calls,
   * and unfinished lazy reads, fail with `AETHER_STORE_CLOSED`. Calling it again waits for the first call. Never
   * rejects.
   */
  close(): Promise<void> {
    return this.#calls.close(async () => {
      const released = async (): Promise<void> => this.release();
      await Promise.allSettled([released(), this.#announcer?.drained()]);
    });
  }

  /** Closes the store at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #save(events: readonly E[], options: CallOptions | undefined): MaybePromise<readonly SaveReceipt[]> {
    return this.#calls.save(options, (signal) => {
      const append = () => this.append(events, signal);
      return this.#order === undefined ? append() : this.#order.announceAfter(events, append);
    });
  }

  #read(
    actorId: string,
    fromVersion: number,
    options: CallOptions | undefined,
    capability?: StoreCapability,
  ): MaybePromise<EventsWithErrors<E>> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    return this.#calls.read(options, (signal) => {
      if (capability !== undefined) this.#require(capability);
      return this.read(actorId, fromVersion, signal);
    });
  }

  #require(capability: StoreCapability): void {
    if (this.supports[capability] !== true) throw new UnsupportedError({ capability });
  }
}

async function* withPrefix(
  ids: Iterable<string> | AsyncIterable<string>,
  prefix: string,
): AsyncGenerator<string, void, undefined> {
  for await (const id of ids) if (id.startsWith(prefix)) yield id;
}
