import type { Event, EventsWithErrors, FeedPage, Position, SaveReceipt, Snapshot, StoreSupports } from "@aether/core";
import { AbstractEventStore, type AnnounceOptions, type OpenFeedRange, type ReadRange } from "@aether/store-kit";
import { ActorHistory } from "./actor-history.ts";
import { EventLog } from "./event-log.ts";

/** Manifest of {@link MemoryEventStore}: every capability, but neither durable nor shared. */
export const memoryStoreSupports: StoreSupports = Object.freeze({
  batch: true,
  replayErrors: true,
  streaming: true,
  snapshots: true,
  feed: true,
  listing: true,
  durable: false,
  shared: false,
});

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

/** This store has no malformed records. */
const noErrors: EventsWithErrors<never>["errors"] = Object.freeze([]);
const noEvents: EventsWithErrors<never> = Object.freeze({ events: Object.freeze([]), errors: noErrors });

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
export class MemoryEventStore<out E extends Event = Event> extends AbstractEventStore<E> {
  override readonly supports: StoreSupports = memoryStoreSupports;
  readonly #actors = new Map<string, ActorHistory<E>>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #log = new EventLog<E>();

  /** @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
  constructor(options: MemoryStoreOptions<NoInfer<E>> = {}) {
    super(options);
  }

  protected override append(events: readonly E[]): readonly SaveReceipt[] {
    const actorId = events[0]?.actorId ?? "";
    const known = this.#actors.get(actorId);
    const history = known ?? new ActorHistory<E>();
    history.append(events);
    if (known === undefined) this.#actors.set(actorId, history);
    return this.#log.append(events);
  }

  protected override read(actorId: string, fromVersion: number): EventsWithErrors<E> {
    const history = this.#actors.get(actorId);
    return history === undefined ? noEvents : { events: history.from(fromVersion), errors: noErrors };
  }

  protected override latestVersion(actorId: string): number {
    return this.#actors.get(actorId)?.latestVersion ?? 0;
  }

  protected override *readLazily(
    actorId: string,
    { fromVersion, toVersion, direction }: ReadRange,
  ): Generator<E, void, undefined> {
    const history = this.#actors.get(actorId);
    if (history === undefined) return;
    const first = history.indexFrom(fromVersion);
    const end = toVersion < history.latestVersion ? history.indexFrom(toVersion + 1) : history.length;
    for (let step = 0; step < end - first; step++) {
      yield history.at(direction === "forward" ? first + step : end - 1 - step) as E;
    }
  }

  protected override putSnapshot(snapshot: Snapshot): void {
    const { actorId, version } = snapshot;
    if (version >= (this.#snapshots.get(actorId)?.version ?? 0)) this.#snapshots.set(actorId, snapshot);
  }

  protected override readSnapshot(actorId: string): Snapshot | undefined {
    return this.#snapshots.get(actorId);
  }

  protected override readPages(range: OpenFeedRange): AsyncGenerator<FeedPage<E>, void, undefined> {
    return this.#log.read(range);
  }

  protected override latestPosition(): Position | undefined {
    return this.#log.lastPosition;
  }

  protected override listIds(): Iterable<string> {
    return this.#actors.keys();
  }

  /** Removes all events from memory. */
  protected override release(): void {
    this.#log.clear();
    this.#actors.clear();
    this.#snapshots.clear();
  }
}
