import {
  type CallOptions,
  type Event,
  type EventStore,
  type FeedOptions,
  type FeedPage,
  isAetherError,
  type SaveReceipt,
  supports,
  UnsupportedError,
} from "@aether/core";
import type { RecordedCall, RecordedOperation, RecordedPage, RecordedReceipt, RecordedSave } from "./history.ts";
import { recordedEvent } from "./recorded-event.ts";

/** Constructor options of {@link RecordingStore}. */
export interface RecordingOptions {
  /** The name of this client. Use a different name for each open store. */
  readonly client: string;
  /** Called with each operation after it has settled. */
  readonly record: (operation: RecordedOperation) => void;
  /**
   * Called with each page of a feed, after it was received.
   * @default pages are not recorded
   */
  readonly recordPage?: ((page: RecordedPage) => void) | undefined;
  /**
   * A monotonic clock, in milliseconds. All clients must use the same clock, including those in other processes.
   * @default performance.now
   */
  readonly now?: (() => number) | undefined;
}

/**
 * Forwards calls to a store and records them for {@link checkHistory}. Results and errors are passed on unchanged.
 * Reads that fail are not recorded.
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
  readonly #recordPage: (page: RecordedPage) => void;
  readonly #now: () => number;
  #reads = 0;

  constructor(
    store: EventStore,
    { client, record, recordPage = () => {}, now = () => performance.now() }: RecordingOptions,
  ) {
    this.#store = store;
    this.#client = client;
    this.#record = record;
    this.#recordPage = recordPage;
    this.#now = now;
  }

  /**
   * Saves one event. The event must have an id and a timestamp, so that the checker can compare it with the stored
   * event.
   *
   * @throws the store's error, such as `AETHER_VERSION_CONFLICT`
   */
  saveEvent(event: Event, options?: CallOptions): Promise<SaveReceipt> {
    return this.#save(
      [event],
      options,
      () => this.#store.saveEvent(event, options),
      (receipt) => [receipt],
    );
  }

  /**
   * Saves a batch of events. Each event must have an id and a timestamp.
   *
   * @throws the store's error, such as `AETHER_VERSION_CONFLICT`
   * @throws `AETHER_UNSUPPORTED` when the store does not support batches; the call is not recorded
   */
  async saveEvents(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const store = this.#store;
    if (!supports(store, "batch")) throw new UnsupportedError({ capability: "batch" });
    return this.#save(
      events,
      options,
      () => store.saveEvents(events, options),
      (receipts) => receipts,
    );
  }

  /**
   * Reads the events of an actor, from `fromVersion` (inclusive).
   *
   * @throws the store's error, such as `AETHER_STORE_UNAVAILABLE`; the call is not recorded
   */
  async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    const startedAt = this.#now();
    const events = await this.#store.getEvents(actorId, fromVersion, options);
    this.#record({ kind: "read", ...this.#call(actorId, startedAt), fromVersion, events: events.map(recordedEvent) });
    return events;
  }

  /**
   * Reads the latest version of an actor.
   *
   * @throws the store's error, such as `AETHER_STORE_UNAVAILABLE`; the call is not recorded
   */
  async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
    const startedAt = this.#now();
    const version = await this.#store.getLatestVersion(actorId, options);
    this.#record({ kind: "latest-version", ...this.#call(actorId, startedAt), version });
    return version;
  }

  /**
   * Reads the feed, and records its pages with {@link RecordingOptions.recordPage}. Each iteration is recorded as a
   * separate read.
   *
   * @throws the store's error, such as `AETHER_STORE_UNAVAILABLE`, by the loop; the pages before it are recorded
   * @throws `AETHER_UNSUPPORTED` when the store has no feed, by the call
   */
  readFeed(options?: FeedOptions): AsyncIterable<FeedPage> {
    const store = this.#store;
    if (!supports(store, "feed")) throw new UnsupportedError({ capability: "feed" });
    const pages = store.readFeed(options);
    const { after, eventTypes, actorIdPrefix, partition } = options ?? {};
    const selection = { after, eventTypes, actorIdPrefix, partition };
    return { [Symbol.asyncIterator]: () => this.#recordPages(pages[Symbol.asyncIterator](), selection) };
  }

  #recordPages(
    pages: AsyncIterator<FeedPage>,
    selection: Pick<RecordedPage, "after" | "eventTypes" | "actorIdPrefix" | "partition">,
  ): AsyncIterator<FeedPage> {
    const client = this.#client;
    const read = `${client}, read ${++this.#reads}`;
    const next = async (): Promise<IteratorResult<FeedPage>> => {
      const startedAt = this.#now();
      const step = await pages.next();
      if (step.done === true) return step;
      const { events, position, isCaughtUp } = step.value;
      const recorded = events.map(({ event, position: each }) => ({
        ...recordedEvent(event),
        actorId: event.actorId,
        position: each,
      }));
      const call = { client, read, startedAt, endedAt: this.#now() };
      this.#recordPage({ ...call, ...selection, events: recorded, position, isCaughtUp });
      return step;
    };
    const end = async (): Promise<IteratorResult<FeedPage>> =>
      (await pages.return?.()) ?? { done: true, value: undefined };
    return { next, return: end };
  }

  async #save<Result>(
    events: readonly Event[],
    options: CallOptions | undefined,
    save: () => Promise<Result>,
    receiptsOf: (result: Result) => readonly SaveReceipt[],
  ): Promise<Result> {
    const startedAt = this.#now();
    const sent = events.map(recordedEvent);
    const record = (outcome: Pick<RecordedSave, "outcome" | "receipts" | "currentVersion">): void =>
      this.#record({ kind: "save", ...this.#call(events[0]?.actorId ?? "", startedAt), events: sent, ...outcome });
    let result: Result;
    try {
      result = await save();
    } catch (error) {
      record(failureOf(error, options?.signal));
      throw error;
    }
    record({ outcome: "ok", receipts: receiptsOf(result).map(recordedReceipt) });
    return result;
  }

  #call(actorId: string, startedAt: number): RecordedCall {
    return { client: this.#client, actorId, startedAt, endedAt: this.#now() };
  }
}

function recordedReceipt({ id, version, position }: SaveReceipt): RecordedReceipt {
  return { id, version, position };
}

/** Returns the outcome of a save from its error. An error that the contract does not allow means an unknown outcome. */
function failureOf(error: unknown, signal: AbortSignal | undefined): Pick<RecordedSave, "outcome" | "currentVersion"> {
  if (isAetherError(error, "AETHER_VERSION_CONFLICT")) {
    const { sameEvent, currentVersion } = error;
    return { outcome: sameEvent ? "same-event" : "conflict", currentVersion };
  }
  if (isAetherError(error)) return { outcome: error.code === "AETHER_OUTCOME_UNKNOWN" ? "unknown" : "failed" };
  return { outcome: signal?.aborted === true && error === signal.reason ? "failed" : "unknown" };
}
