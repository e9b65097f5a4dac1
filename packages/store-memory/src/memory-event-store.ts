import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventsWithErrors,
  invalid,
  type NewEvent,
  type NewSnapshot,
  type Position,
  type ReadOptions,
  type ReplayReportingEventStore,
  type SaveReceipt,
  type Snapshot,
  type SnapshotStore,
  StoreClosedError,
  type StoreSupports,
  type StreamingEventStore,
} from "@aether/core";
import {
  type AnnounceOptions,
  type Announcer,
  announcerFor,
  checkActorId,
  checkCount,
  type EventDefaults,
  prepareEvent,
  prepareEvents,
  prepareSnapshot,
  type ReadRange,
  readRange,
  readSignal,
} from "@aether/store-kit";
import { v4 as uuid } from "uuid";
import { ActorHistory } from "./actor-history.ts";

/** Manifest of {@link MemoryEventStore}: every capability, but neither durable nor shared. */
export const memoryStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  durable: false,
  shared: false,
});

/**
 * Positions have ten digits, so they sort correctly as text. Memory is full long before an eleventh digit is needed.
 */
const FIRST_POSITION = 1_000_000_000;

const defaults: EventDefaults = { newId: () => uuid(), now: () => new Date().toISOString() };

/**
 * Constructor options of {@link MemoryEventStore}.
 *
 * @example
 * ```ts
 * const options: MemoryStoreOptions = { bus, busNamespace: "orders" };
 * const store = new MemoryEventStore<OrderEvent>(options);
 * ```
 */
export type MemoryStoreOptions<E extends Event = Event> = AnnounceOptions<E>;

/**
 * An in-process event store, for tests, tools and getting started.
 *
 * The store keeps all events in memory until it is closed. Saves take effect immediately, in the order of the calls, so
 * any number of concurrent callers can use the store. Events are deeply frozen and share no objects with the caller's
 * input.
 *
 * @example
 * ```ts
 * const store = new MemoryEventStore<OrderEvent>();
 * await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" } });
 * ```
 */
export class MemoryEventStore<out E extends Event = Event>
  implements BatchEventStore<E>, ReplayReportingEventStore<E>, StreamingEventStore<E>, SnapshotStore
{
  readonly supports: StoreSupports = memoryStoreSupports;
  readonly #actors = new Map<string, ActorHistory<E>>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #announcer: Announcer | undefined;
  #position = FIRST_POSITION;
  #closed = false;

  /** @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
  constructor(options: MemoryStoreOptions<NoInfer<E>> = {}) {
    this.#announcer = announcerFor(options, defaults);
  }

  /**
   * Saves one event. Its `version` must be greater than the actor's latest version: use *the version that you read,
   * plus one*. With a larger jump, the save succeeds even if another writer saved a version in between.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; nothing was stored
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    this.#checkOpen(options);
    const [receipt] = this.#append([prepared]);
    return receipt as SaveReceipt;
  }

  /**
   * Saves several events of one actor, in ascending version order: either all of them or none. For `[]`, resolves to
   * `[]`.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the first version is not greater than the actor's latest version
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveEvents(events: readonly NewEvent<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    this.#checkOpen(options);
    return this.#append(prepared);
  }

  /**
   * Returns the actor's events in version order, deeply frozen. Returns `[]` if there are none.
   *
   * @param fromVersion - lowest version to return, inclusive
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.#checkOpen(options);
    return this.#actors.get(actorId)?.from(fromVersion) ?? Object.freeze([]);
  }

  /**
   * Returns the actor's events, as `getEvents` does. This store has no malformed records, so `errors` is always empty.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    return { events: await this.getEvents(actorId, fromVersion, options), errors: [] };
  }

  /**
   * Reads the actor's events lazily. The read includes the events that are stored when the `for await` loop requests
   * the first event.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`: all errors are thrown by the loop, not
   * by the call
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return { [Symbol.asyncIterator]: () => this.#read(actorId, options) };
  }

  /**
   * Returns the version of the actor's last event, or 0 if the actor has no events.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#checkOpen(options);
    return this.#actors.get(actorId)?.latestVersion ?? 0;
  }

  /**
   * Saves a snapshot. The store keeps one snapshot per actor. If the kept snapshot has a higher version than the new
   * one, the save has no effect; otherwise the new one replaces it.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if JSON cannot represent the state, or the version is greater than the actor's
   * latest version
   * @throws `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    this.#checkOpen(options);
    const { actorId, version } = prepared;
    const latestVersion = this.#actors.get(actorId)?.latestVersion ?? 0;
    if (version > latestVersion) {
      throw invalid("snapshot.version", `is greater than the actor's latest version, ${latestVersion}`);
    }
    if (version < (this.#snapshots.get(actorId)?.version ?? 0)) return;
    this.#snapshots.set(actorId, Object.freeze({ ...prepared, timestamp: defaults.now() }));
  }

  /**
   * Returns the actor's newest snapshot, deeply frozen, or `undefined` if there is none.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    checkActorId(actorId);
    this.#checkOpen(options);
    return this.#snapshots.get(actorId) as Snapshot<State> | undefined;
  }

  /**
   * Closes the store: removes all events from memory and publishes the announcements that are still waiting. Calls to
   * other methods then fail with `AETHER_STORE_CLOSED`. Can be called more than once. Never rejects.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#actors.clear();
    this.#snapshots.clear();
    await this.#announcer?.drained();
  }

  /** Closes the store at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Throws if the store is closed or the signal is aborted. Returns the signal. */
  #checkOpen(options: CallOptions | undefined): AbortSignal | undefined {
    const signal = readSignal(options);
    if (this.#closed) throw new StoreClosedError();
    signal?.throwIfAborted();
    return signal;
  }

  #append(events: readonly E[]): readonly SaveReceipt[] {
    const actorId = events[0]?.actorId;
    if (actorId === undefined) return [];
    const known = this.#actors.get(actorId);
    const history = known ?? new ActorHistory<E>();
    const receipts = history.append(events, this.#nextPosition);
    if (known === undefined) this.#actors.set(actorId, history);
    this.#announcer?.announce(events);
    return receipts;
  }

  readonly #nextPosition = (): Position => String(this.#position++) as Position;

  async *#read(actorId: string, options: ReadOptions | undefined): AsyncGenerator<E, void, undefined> {
    checkActorId(actorId);
    const range = readRange(options);
    const signal = this.#checkOpen(options);
    const history = this.#actors.get(actorId);
    if (history === undefined) return;
    for (const index of indexes(history, range)) {
      signal?.throwIfAborted();
      yield history.at(index) as E;
    }
  }
}

function* indexes<E extends Event>(history: ActorHistory<E>, range: ReadRange): Generator<number, void, undefined> {
  const first = history.indexFrom(range.fromVersion);
  const end = range.toVersion < history.latestVersion ? history.indexFrom(range.toVersion + 1) : history.length;
  const count = Math.min(end - first, range.limit);
  for (let step = 0; step < count; step++) yield range.direction === "forward" ? first + step : end - 1 - step;
}
