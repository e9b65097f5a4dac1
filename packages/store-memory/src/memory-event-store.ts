import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventsWithErrors,
  InvalidArgumentError,
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

/**
 * What {@link MemoryEventStore} can do: everything but outliving its process.
 *
 * @example
 * ```ts
 * console.log(memoryStoreSupports.durable); // false
 * ```
 */
export const memoryStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  durable: false,
  shared: false,
});

/** Positions sort as text, because all have ten digits: there are more of them than events fit into memory. */
const FIRST_POSITION = 1_000_000_000;

const defaults: EventDefaults = { newId: () => uuid(), now: () => new Date().toISOString() };

/**
 * How a memory store is made: what it announces, and to whom.
 *
 * @example
 * ```ts
 * const options: MemoryStoreOptions = { bus, busNamespace: "orders" };
 * const store = new MemoryEventStore<OrderEvent>(options);
 * ```
 */
export type MemoryStoreOptions = AnnounceOptions;

/**
 * An event store inside the process: for tests, for tools, and as the embedded default.
 *
 * It keeps every event in memory until it is closed, and takes any number of concurrent callers: a save is decided in
 * one step, in the order of the calls. What is saved is detached from the caller's object; what is read is deeply frozen.
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

  /** See `EventStore.saveEvent`. */
  async saveEvent(event: NewEvent<E>, options?: CallOptions): Promise<SaveReceipt> {
    const prepared = prepareEvent<E>(event, defaults);
    this.#admit(options);
    const [receipt] = this.#append([prepared]);
    return receipt as SaveReceipt;
  }

  /** See `BatchEventStore.saveEvents`. */
  async saveEvents(events: readonly NewEvent<E>[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const prepared = prepareEvents<E>(events, defaults);
    this.#admit(options);
    return this.#append(prepared);
  }

  /** See `EventStore.getEvents`. */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly E[]> {
    checkActorId(actorId);
    checkCount(fromVersion, "fromVersion");
    this.#admit(options);
    return this.#actors.get(actorId)?.from(fromVersion) ?? Object.freeze([]);
  }

  /** See `ReplayReportingEventStore.getEventsWithErrors`. Memory holds no malformed records: `errors` is empty. */
  async getEventsWithErrors(actorId: string, fromVersion = 0, options?: CallOptions): Promise<EventsWithErrors<E>> {
    return { events: await this.getEvents(actorId, fromVersion, options), errors: [] };
  }

  /** See `StreamingEventStore.readEvents`. It yields what was stored when the first event was asked for. */
  readEvents(actorId: string, options?: ReadOptions): AsyncIterable<E> {
    return { [Symbol.asyncIterator]: () => this.#read(actorId, options) };
  }

  /** See `EventStore.getLatestVersion`. */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    checkActorId(actorId);
    this.#admit(options);
    return this.#actors.get(actorId)?.latestVersion ?? 0;
  }

  /** See `SnapshotStore.saveSnapshot`. Only the newest snapshot of an actor is kept. */
  async saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void> {
    const prepared = prepareSnapshot(snapshot);
    this.#admit(options);
    const { actorId, version } = prepared;
    const latestVersion = this.#actors.get(actorId)?.latestVersion ?? 0;
    if (version > latestVersion) {
      const reason = `is ahead of the actor's latest version, ${latestVersion}`;
      throw new InvalidArgumentError({ argument: "snapshot.version", reason });
    }
    if (version < (this.#snapshots.get(actorId)?.version ?? 0)) return;
    this.#snapshots.set(actorId, Object.freeze({ ...prepared, timestamp: defaults.now() }));
  }

  /** See `SnapshotStore.getLatestSnapshot`. */
  async getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined> {
    checkActorId(actorId);
    this.#admit(options);
    return this.#snapshots.get(actorId) as Snapshot<State> | undefined;
  }

  /** Publishes the announcements that wait, forgets every event, and refuses what comes later. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#actors.clear();
    this.#snapshots.clear();
    await this.#announcer?.drained();
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @returns the signal of the call */
  #admit(options: CallOptions | undefined): AbortSignal | undefined {
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
    const signal = this.#admit(options);
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
