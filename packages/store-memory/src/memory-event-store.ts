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

/** Positions sort as text because all have ten digits: fewer events than that fit into memory. */
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
export type MemoryStoreOptions = AnnounceOptions;

/**
 * An in-process event store, for tests, tools and getting started.
 *
 * It keeps all events in memory until it is closed. A save takes effect immediately, in the order of the calls, so any
 * number of concurrent callers can use it. Events are deeply frozen, and share nothing with the objects of the caller.
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

  constructor(options: MemoryStoreOptions = {}) {
    this.#announcer = announcerFor(options, defaults);
  }

  /**
   * Saves one event. Its `version` must be greater than the actor's latest version: save *the version that you read,
   * plus one*. A larger jump is accepted, but does not detect writers that saved a version in between.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the version is not greater than the actor's latest version; nothing was stored
   * @throws `AETHER_INVALID_EVENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    this.#checkOpen(options);
    const [receipt] = this.#append([prepared]);
    return receipt as SaveReceipt;
  }

  /**
   * Saves several events of one actor, in ascending order of version, all or nothing. For `[]` it resolves to `[]`.
   *
   * @throws `AETHER_VERSION_CONFLICT` if the first version is not greater than the actor's latest version
   * @throws `AETHER_INVALID_EVENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async saveEvents(events: readonly NewEvent<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    this.#checkOpen(options);
    return this.#append(prepared);
  }

  /**
   * Returns the actor's events, ascending by version and deeply frozen; `[]` if there are none.
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
   * Returns the actor's events, as `getEvents` does. Memory has no malformed records, so `errors` is always empty.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    return { events: await this.getEvents(actorId, fromVersion, options), errors: [] };
  }

  /**
   * Reads the actor's events lazily. The read includes the events that are stored when the first one is requested.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`, all in the loop
   */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return { [Symbol.asyncIterator]: () => this.#read(actorId, options) };
  }

  /**
   * Returns the version of the actor's last event; 0 if the actor has no events.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#checkOpen(options);
    return this.#actors.get(actorId)?.latestVersion ?? 0;
  }

  /**
   * Saves a snapshot. The store keeps the newest snapshot of each actor: an older one changes nothing, and one of the
   * same version replaces it.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if JSON cannot carry the state, or the version is greater than the actor's latest
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
   * Returns the actor's newest snapshot, deeply frozen; `undefined` if there is none.
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

  /** Publishes the waiting announcements, removes all events from memory, and rejects later calls. Never rejects. */
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

  /** Throws if the store is closed or the signal aborted. Returns the signal. */
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
