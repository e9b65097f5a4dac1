import type { CallOptions, Event, EventStore } from "@aether/core";
import { abortable } from "./abortable.ts";
import { type AppendResult, appendWithRetry } from "./append-with-retry.ts";
import type { Clock } from "./clock.ts";
import type { Decide } from "./decide.ts";
import { RetryQueueClosedError } from "./errors/retry-queue-closed-error.ts";
import { RetryQueueFullError } from "./errors/retry-queue-full-error.ts";
import { checkFunction, given } from "./invalid.ts";
import { notify } from "./notify.ts";
import { numbersOf } from "./numbers.ts";
import type { OnlyDeclared } from "./only-declared.ts";
import { jitter } from "./policies/jitter.ts";
import { type RetryOptions, type RetrySettings, settingsOf } from "./retry-options.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** Patient: nobody waits for it. The first retry is after 1 s, plus up to a tenth of it. */
const eventual: RetryPolicy = /* @__PURE__ */ jitter({ maxAttempts: 10, baseDelayMs: 1_000 });

const defaultLimits = { capacity: 1_000, roomTimeoutMs: 5_000 };

/** An append as `RetryQueue.append` was asked for it. */
export interface QueuedAppend<E extends Event = Event> {
  /** The actor to append to. */
  readonly actorId: string;
  /** Decides what to append. */
  readonly decide: Decide<E>;
}

/** What became of an append that a queue took. */
export type QueueOutcome<E extends Event = Event> = QueuedAppend<E> &
  (
    | /** It is through: saved, or decided to save nothing. */
    {
        readonly status: "done";
        readonly result: AppendResult;
      } /** It ended with the error with which `appendWithRetry` rejects. */
    | {
        readonly status: "failed";
        readonly error: unknown;
      } /** The queue was closed before it got it done. Nothing of it was saved. */
    | { readonly status: "left" }
  );

/** Options of {@link RetryQueue}. */
export interface RetryQueueOptions<E extends Event = Event> extends Omit<RetryOptions, "signal"> {
  /**
   * Whether and when to try again.
   * @default additive jitter, at most 10 attempts: the second after 1 s, each further wait doubles, up to 30 s
   */
  readonly policy?: RetryPolicy;
  /**
   * Hears once what became of each append that the queue took. Somebody must: nobody waits for an append in the background.
   * What it throws is an uncaught error, and changes nothing else.
   */
  readonly onSettled: (outcome: QueueOutcome<E>) => void;
  /**
   * How many appends may be in the queue, those under way included.
   * @default 1_000
   */
  readonly capacity?: number;
  /**
   * How long `append` waits for room when the queue is full, in milliseconds.
   * @default 5_000
   */
  readonly roomTimeoutMs?: number;
}

/** An append that the queue took. */
interface Taken<E extends Event> {
  /** Ends its waits between attempts. */
  readonly stop: AbortController;
  readonly settled: Promise<QueueOutcome<E>>;
}

/**
 * Saves in the background: `append` comes back at once, and conflicts are retried later. Appends of one actor are done in
 * the order of the calls, one after the other; those of different actors side by side.
 *
 * It lives in memory: what is in it when the process dies is not saved.
 *
 * @example
 * ```ts
 * const queue = new RetryQueue(store, {
 *   onSettled: (outcome) => {
 *     if (outcome.status !== "done") console.error("not saved", outcome);
 *   },
 * });
 * await queue.append("order-1", () => ({ eventType: "OrderShipped", data: { carrier: "DHL" } }));
 * await queue.drain();
 * const left = await queue.close();
 * ```
 */
export class RetryQueue<E extends Event = Event> implements AsyncDisposable {
  readonly #store: EventStore<E>;
  readonly #retry: RetrySettings;
  readonly #onSettled: (outcome: QueueOutcome<E>) => void;
  readonly #limits: Readonly<Record<keyof typeof defaultLimits, number>>;
  readonly #taken = new Set<Taken<E>>();
  /** The last append of each actor that was taken: the next one goes behind it. */
  readonly #last = new Map<string, Taken<E>>();
  /** What waits for room, in the order of the calls, by what ends its wait. */
  readonly #waiting = new Map<AbortController, QueuedAppend<E>>();
  #closing: Promise<readonly QueuedAppend<E>[]> | undefined;

  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(store: EventStore<E>, options: RetryQueueOptions<E>) {
    this.#store = store;
    this.#retry = settingsOf(options, eventual);
    this.#onSettled = options.onSettled;
    checkFunction("onSettled", this.#onSettled);
    this.#limits = numbersOf(options, defaultLimits);
  }

  /**
   * Takes an append; its first attempt begins as soon as those of the same actor before it are done. `decide` is that of
   * `appendWithRetry`.
   *
   * @param options - its signal ends the wait for room; it does not touch what the queue took
   * @throws `AETHER_RETRY_QUEUE_FULL` when no room came free in time
   * @throws `AETHER_RETRY_QUEUE_CLOSED`, `signal.reason`
   */
  async append<D extends Decide<E> = Decide<E>>(
    actorId: string,
    decide: D & OnlyDeclared<E, D>,
    options: CallOptions = {},
  ): Promise<void> {
    checkFunction("decide", decide);
    const { signal } = given(options);
    if (this.#closing) throw new RetryQueueClosedError({ actorId });
    signal?.throwIfAborted();
    const append = { actorId, decide };
    if (this.#taken.size < this.#limits.capacity) this.#take(append);
    else await this.#waitForRoom(append, signal);
  }

  /** Resolves when nothing is in the queue. @throws `signal.reason` */
  async drain(options: CallOptions = {}): Promise<void> {
    const { signal } = given(options);
    signal?.throwIfAborted();
    while (this.#taken.size > 0) await abortable(this.#outcomes(), signal);
  }

  /**
   * Takes nothing more, ends the waits between attempts, lets attempts under way end, and resolves to what is left: `drain`
   * first if nothing may be. Calling it again is allowed, and resolves to the same.
   *
   * @param options - its signal ends the wait for attempts under way; `onSettled` hears of them all the same
   * @throws `signal.reason`
   */
  async close(options: CallOptions = {}): Promise<readonly QueuedAppend<E>[]> {
    const { signal } = given(options);
    this.#closing ??= this.#close();
    return abortable(this.#closing, signal);
  }

  /** Drains the queue, then closes it: nothing is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
    await this.close();
  }

  async #close(): Promise<readonly QueuedAppend<E>[]> {
    for (const wake of this.#waiting.keys()) wake.abort();
    for (const { stop } of this.#taken) stop.abort();
    return (await this.#outcomes()).filter((outcome) => outcome.status === "left");
  }

  #outcomes(): Promise<readonly QueueOutcome<E>[]> {
    return Promise.all([...this.#taken].map(({ settled }) => settled));
  }

  /** Resolves when the append was taken. */
  async #waitForRoom(append: QueuedAppend<E>, signal: AbortSignal | undefined): Promise<void> {
    const { actorId } = append;
    const wake = new AbortController();
    this.#waiting.set(wake, append);
    await abortable(this.#retry.clock.sleep(this.#limits.roomTimeoutMs, wake.signal), signal).catch(() => {});
    wake.abort();
    // It may have been taken in the very moment in which the wait ended otherwise.
    if (!this.#waiting.delete(wake)) return;
    signal?.throwIfAborted();
    if (this.#closing) throw new RetryQueueClosedError({ actorId });
    throw new RetryQueueFullError({ actorId, ...this.#limits });
  }

  #takeWaiting(): void {
    const [next] = this.#waiting;
    if (!next || this.#closing) return;
    const [wake, append] = next;
    this.#waiting.delete(wake);
    this.#take(append);
    wake.abort();
  }

  #take(append: QueuedAppend<E>): void {
    const { actorId } = append;
    const before = this.#last.get(actorId)?.settled;
    const stop = new AbortController();
    const work = async (): Promise<QueueOutcome<E>> => {
      await before;
      const outcome = await this.#outcomeOf(append, stop.signal);
      this.#taken.delete(taken);
      if (this.#last.get(actorId) === taken) this.#last.delete(actorId);
      notify(this.#onSettled, outcome);
      this.#takeWaiting();
      return outcome;
    };
    const taken: Taken<E> = { stop, settled: work() };
    this.#taken.add(taken);
    this.#last.set(actorId, taken);
  }

  async #outcomeOf(append: QueuedAppend<E>, stop: AbortSignal): Promise<QueueOutcome<E>> {
    const { clock } = this.#retry;
    // Only the waits hear of it: an attempt under way is worth its end.
    const stoppable: Clock = { now: () => clock.now(), sleep: (ms) => clock.sleep(ms, stop) };
    try {
      stop.throwIfAborted();
      const options = { ...this.#retry, clock: stoppable };
      const result = await appendWithRetry<E>(this.#store, append.actorId, append.decide, options);
      return { ...append, status: "done", result };
    } catch (error) {
      if (stop.aborted && error === stop.reason) return { ...append, status: "left" };
      return { ...append, status: "failed", error };
    }
  }
}
