import {
  type CallOptions,
  type Event,
  type EventStore,
  isAetherError,
  type SaveReceipt,
  supports,
  UnsupportedError,
} from "@aether/core";
import type { RecordedCall, RecordedEvent, RecordedOperation, SaveOutcome } from "./history.ts";

/** Who records, and where to. */
export interface RecordingOptions {
  /** The name of this client: one for each open store. */
  readonly client: string;
  /** Hears of each call when it has been answered. */
  readonly record: (operation: RecordedOperation) => void;
  /** A clock that all clients share, also those in other processes, and that never goes back. @default performance.now */
  readonly now?: () => number;
}

/**
 * Calls a store and tells what was answered, as `checkHistory` needs it. Answers and errors pass unchanged.
 *
 * @example
 * ```ts
 * const operations: RecordedOperation[] = [];
 * const recorder = new RecordingStore(store, { client: "one", record: (operation) => operations.push(operation) });
 * await recorder.saveEvent(event);
 * ```
 */
export class RecordingStore {
  readonly #store: EventStore;
  readonly #client: string;
  readonly #record: (operation: RecordedOperation) => void;
  readonly #now: () => number;

  constructor(store: EventStore, { client, record, now = () => performance.now() }: RecordingOptions) {
    this.#store = store;
    this.#client = client;
    this.#record = record;
    this.#now = now;
  }

  /**
   * See `EventStore.saveEvent`. The event is complete: the checker must know what is stored.
   *
   * @throws what the store rejects with, such as `AETHER_VERSION_CONFLICT`
   */
  saveEvent(event: Event, options?: CallOptions): Promise<SaveReceipt> {
    return this.#save([event], options, () => this.#store.saveEvent(event, options));
  }

  /** See `BatchEventStore.saveEvents`. @throws `AETHER_UNSUPPORTED` */
  async saveEvents(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const store = this.#store;
    if (!supports(store, "batch")) throw new UnsupportedError({ capability: "batch" });
    return this.#save(events, options, () => store.saveEvents(events, options));
  }

  /**
   * See `EventStore.getEvents`.
   *
   * @throws what the store rejects with, such as `AETHER_STORE_UNAVAILABLE`; then nothing is recorded
   */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    const startedAt = this.#now();
    const events = await this.#store.getEvents(actorId, fromVersion, options);
    this.#record({ kind: "read", ...this.#call(actorId, startedAt), fromVersion, events: events.map(recordedEvent) });
    return events;
  }

  /**
   * See `EventStore.getLatestVersion`.
   *
   * @throws what the store rejects with, such as `AETHER_STORE_UNAVAILABLE`; then nothing is recorded
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    const startedAt = this.#now();
    const version = await this.#store.getLatestVersion(actorId, options);
    this.#record({ kind: "latest-version", ...this.#call(actorId, startedAt), version });
    return version;
  }

  async #save<Answer>(
    events: readonly Event[],
    options: CallOptions | undefined,
    save: () => Promise<Answer>,
  ): Promise<Answer> {
    const startedAt = this.#now();
    const recorded = events.map(recordedEvent);
    const tell = (outcome: SaveOutcome): void =>
      this.#record({ kind: "save", ...this.#call(events[0]?.actorId ?? "", startedAt), events: recorded, outcome });
    try {
      const answer = await save();
      tell("ok");
      return answer;
    } catch (error) {
      tell(outcomeOf(error, options?.signal));
      throw error;
    }
  }

  #call(actorId: string, startedAt: number): RecordedCall {
    return { client: this.#client, actorId, startedAt, endedAt: this.#now() };
  }
}

/** What a rejected save says of the events. What no store may reject with says nothing. */
function outcomeOf(error: unknown, signal: AbortSignal | undefined): SaveOutcome {
  if (isAetherError(error, "AETHER_VERSION_CONFLICT")) return error.sameEvent ? "same-event" : "conflict";
  if (isAetherError(error)) return error.code === "AETHER_OUTCOME_UNKNOWN" ? "unknown" : "failed";
  return signal?.aborted === true && error === signal.reason ? "failed" : "unknown";
}

/**
 * An event as a history tells of it.
 *
 * @example
 * ```ts
 * const contents = new Map([["order-1", (await store.getEvents("order-1")).map(recordedEvent)]]);
 * ```
 */
export function recordedEvent(event: Event): RecordedEvent {
  return { id: event.id, version: event.version, content: contentOf(event) };
}

/**
 * The content of an event as text: equal if, and only if, JSON carries the same, whatever the order of properties.
 *
 * @example
 * ```ts
 * contentOf(event) === contentOf({ ...event }); // true: the same, whatever the order of its fields
 * ```
 */
export function contentOf({ actorId, eventType, data, metadata, timestamp }: Event): string {
  return JSON.stringify([actorId, eventType, data, metadata ?? null, timestamp], (_, value: unknown) => {
    if (Array.isArray(value)) return ["[]", ...value];
    return typeof value === "object" && value !== null ? ["{}", ...sortedEntries(value)] : value;
  });
}

/** As an object, numeric keys would have an order of their own, and `__proto__` none. */
function sortedEntries(value: object): readonly unknown[] {
  return Object.entries(value)
    .filter(([, each]) => !["undefined", "function", "symbol"].includes(typeof each)) // JSON leaves them out
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flat();
}
