import {
  abortable,
  type CallOptions,
  type FeedEventStore,
  OutcomeUnknownError,
  onAbort,
  StoreUnavailableError,
  type WatchingDocumentStore,
} from "@aether/core";
import type { Clock } from "@aether/retry";
import type { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import type { VirtualTime } from "./virtual-time.ts";

/** Share of requests that are lost, and of answers that are lost. */
const LOSS = 0.08;

/** A process whose network is slow and loses messages. It can be paused, and can crash. */
export class SimulatedProcess {
  readonly #time: VirtualTime;
  readonly #random: () => number;
  #maxDelayMs: number;
  #isReliable = false;
  #resume: (() => void)[] | undefined;
  #isCrashed = false;

  constructor(time: VirtualTime, random: () => number, maxDelayMs: number) {
    this.#time = time;
    this.#random = random;
    this.#maxDelayMs = maxDelayMs;
  }

  get isCrashed(): boolean {
    return this.#isCrashed;
  }

  /** Ends the process. Nothing of it continues. */
  crash(): void {
    this.#isCrashed = true;
  }

  pause(): void {
    this.#resume ??= [];
  }

  resume(): void {
    const waiting = this.#resume ?? [];
    this.#resume = undefined;
    // The timers of a process that was paused are late, in any order.
    for (const resume of waiting.toSorted(() => this.#random() - 0.5)) resume();
  }

  /** From now on, no message is lost, and all are fast. */
  becomeReliable(): void {
    this.#isReliable = true;
    this.#maxDelayMs /= 10;
    this.resume();
  }

  readonly clock: Clock = {
    now: () => this.#time.nowMs,
    sleep: (ms, signal) => this.#sleep(ms, signal),
  };

  /** The documents, over the network. */
  documents(documents: MemoryDocumentStore): WatchingDocumentStore {
    const request = <T>(isWrite: boolean, options: CallOptions | undefined, call: () => Promise<T>): Promise<T> =>
      this.#request(isWrite, options?.signal, call);
    const self = this;
    return {
      supports: { durable: true, shared: true, watch: true },
      getDocument: (collection, id, options) =>
        request(false, options, () => documents.getDocument(collection, id) as never),
      putDocument: (collection, id, value, options) =>
        request(true, options, () =>
          documents.putDocument(collection, id, value, { expectedRevision: options?.expectedRevision }),
        ),
      deleteDocument: (collection, id, options) =>
        request(true, options, () =>
          documents.deleteDocument(collection, id, { expectedRevision: options?.expectedRevision }),
        ),
      async *listDocuments(collection, options) {
        const listed = await self.#request(false, options?.signal, async () => {
          const found = [];
          for await (const document of documents.listDocuments(collection)) found.push(document);
          return found;
        });
        for (const document of listed) yield document as never;
      },
      async *watchDocuments(collection, options) {
        for await (const change of documents.watchDocuments(collection, options)) {
          await self.#wait(0.1);
          await self.running();
          yield change as never;
        }
      },
      close: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
  }

  /** The event store, over the network. Only pauses delay it. */
  store(store: MemoryEventStore): FeedEventStore {
    const self = this;
    const readFeed: FeedEventStore["readFeed"] = async function* (options) {
      for await (const page of store.readFeed(options)) {
        await self.running();
        yield page;
      }
    };
    return new Proxy(store, {
      get: (target, key) => {
        if (key === "readFeed") return readFeed;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  /** Resolves once the process is running; never after it has crashed. */
  async running(): Promise<void> {
    if (this.#isCrashed) await new Promise(() => {});
    const waiting = this.#resume;
    if (waiting === undefined) return;
    await new Promise<void>((resolve) => waiting.push(resolve));
    await this.running();
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    let cancel = (): void => {};
    const over = new Promise<void>((resolve) => {
      cancel = this.#time.at(this.#time.nowMs + ms, resolve);
    });
    await abortable(over, signal).finally(cancel);
    await this.running();
  }

  async #request<T>(isWrite: boolean, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    await this.running();
    signal?.throwIfAborted();
    const arrives = this.#isReliable || this.#random() >= LOSS;
    const isAnswered = this.#isReliable || this.#random() >= LOSS;
    const result = this.#wait().then(() => (arrives ? call() : undefined));
    result.catch(() => {});
    const answer = new Promise<T>((resolve, reject) => {
      if (signal !== undefined) onAbort(signal, () => reject(isWrite ? unknown() : signal.reason));
      if (arrives && isAnswered) {
        const settle = (end: () => void): void => void this.#wait().then(end);
        result.then(
          (value) => settle(() => resolve(value as T)),
          (error) => settle(() => reject(error)),
        );
      } else void this.#wait(3).then(() => reject(isWrite ? unknown() : unavailable()));
    });
    try {
      return await answer;
    } finally {
      await this.running();
    }
  }

  async #wait(times = 1): Promise<void> {
    const ms = this.#random() * this.#maxDelayMs * times;
    await new Promise<void>((resolve) => this.#time.at(this.#time.nowMs + ms, resolve));
  }
}

function unknown(): OutcomeUnknownError {
  return new OutcomeUnknownError({ document: { collection: "processor", id: "document" } });
}

function unavailable(): StoreUnavailableError {
  return new StoreUnavailableError({ operation: "read", reason: "the network has lost the request" });
}
