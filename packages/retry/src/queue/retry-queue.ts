import { abortable, type CallOptions, type Event, type EventStore } from "@aether/core";
import { type AppendResult, appendWithRetry } from "../append-with-retry.ts";
import { checkFunction, notify } from "../callbacks.ts";
import { checkOptions, numbersOf } from "../check-options.ts";
import type { Decide } from "../decide.ts";
import { RetryQueueClosedError, RetryQueueFullError } from "../errors.ts";
import type { Clock } from "../loop/clock.ts";
import { type RetryOptions, type RetrySettings, retrySettings } from "../loop/retry-options.ts";
import { jitter } from "../policies/jitter.ts";
import type { RetryPolicy } from "../policies/retry-policy.ts";
import type { AnyDecide, ValidDecision } from "../valid-decision.ts";

/** The waits are long, because no caller waits for the result. The first wait is 1 s plus up to 10%. */
const backgroundPolicy: RetryPolicy = /* @__PURE__ */ jitter({ maxAttempts: 10, baseDelayMs: 1_000 });

const defaultLimits = { capacity: 1_000, roomTimeoutMs: 5_000 };

/** Arguments of `RetryQueue.append`. */
export interface QueuedAppend<E extends Event = Event> {
  /** Id of the actor to append to. */
  readonly actorId: string;
  /** Function that decides which events to append. */
  readonly decide: Decide<E>;
}

/** Outcome of an append that a queue accepted. */
export type QueueOutcome<E extends Event = Event> = QueuedAppend<E> &
  (
    | /** Events were saved, or there was nothing to save. */ { readonly status: "done"; readonly result: AppendResult }
    | /** `appendWithRetry` rejected with the error. */ { readonly status: "failed"; readonly error: unknown }
    | /** The queue was closed before the append was saved. */ { readonly status: "left" }
  );

/** Options of {@link RetryQueue}. */
export interface RetryQueueOptions<E extends Event = Event> extends Omit<RetryOptions, "signal"> {
  /**
   * Decides whether and when to try again.
   * @default additive jitter with up to 10 attempts; the first wait is 1 s; each further wait is twice as long, up to
   * 30 s
   */
  readonly policy?: RetryPolicy | undefined;
  /**
   * Called once with the outcome of each append that the queue accepted. No other call reports a failed append. If
   * `onSettled` throws, the error is an uncaught exception; the queue is not affected.
   */
  readonly onSettled: (outcome: QueueOutcome<E>) => void;
  /**
   * Maximum number of appends in the queue, including those in flight.
   * @default 1_000
   */
  readonly capacity?: number | undefined;
  /**
   * Time that `append` waits for room in a full queue, in milliseconds.
   * @default 5_000
   */
  readonly roomTimeoutMs?: number | undefined;
}

/** An append that the queue accepted. */
interface Accepted<E extends Event> {
  /** Aborted to end the waits between attempts. */
  readonly stop: AbortController;
  readonly settled: Promise<QueueOutcome<E>>;
}

/**
 * Queue that saves in the background. `append` resolves once the queue has accepted the append; saves and retries
 * follow later. Appends to one actor run one at a time, in the order of the calls. Appends to different actors run in
 * parallel.
 *
 * The queue is kept in memory: appends in it are lost if the process ends.
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
  readonly #accepted = new Set<Accepted<E>>();
  /** The last accepted append to each actor. The next append to the actor starts after it. */
  readonly #last = new Map<string, Accepted<E>>();
  /**
   * The appends that wait for room, in the order of the calls. The key of each is the controller that ends its wait.
   */
  readonly #waiting = new Map<AbortController, QueuedAppend<E>>();
  #closing: Promise<readonly QueuedAppend<E>[]> | undefined;

  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(store: EventStore<E>, options: RetryQueueOptions<E>) {
    this.#store = store;
    this.#retry = retrySettings(options, backgroundPolicy);
    this.#onSettled = options.onSettled;
    checkFunction("onSettled", this.#onSettled);
    this.#limits = numbersOf(options, defaultLimits);
  }

  /**
   * Resolves when the queue has accepted the append. The first attempt begins after earlier appends to the same actor
   * have settled. `decide` works as in `appendWithRetry`.
   *
   * @param options - the signal ends the wait for room; it has no effect on an accepted append
   * @throws `AETHER_RETRY_QUEUE_FULL` if the queue stays full for `roomTimeoutMs`
   * @throws `AETHER_RETRY_QUEUE_CLOSED` if the queue is closed first
   * @throws `AETHER_INVALID_ARGUMENT` if `decide` is not a function or `options` is not an object
   * @throws `signal.reason`
   */
  async append<D extends AnyDecide<E> = Decide<E>>(
    actorId: string,
    decide: ValidDecision<E, D> & D,
    options: CallOptions = {},
  ): Promise<void> {
    checkFunction("decide", decide);
    const { signal } = checkOptions(options);
    if (this.#closing) throw new RetryQueueClosedError({ actorId });
    signal?.throwIfAborted();
    const append = { actorId, decide: decide as Decide<E> };
    if (this.#accepted.size < this.#limits.capacity) this.#accept(append);
    else await this.#waitForRoom(append, signal);
  }

  /** Resolves when the queue is empty. @throws `AETHER_INVALID_ARGUMENT`, `signal.reason` */
  async drain(options: CallOptions = {}): Promise<void> {
    const { signal } = checkOptions(options);
    signal?.throwIfAborted();
    while (this.#accepted.size > 0) await abortable(this.#outcomes(), signal);
  }

  /**
   * Closes the queue. It accepts no further appends, ends the waits between attempts, and lets attempts in flight
   * finish. Resolves to the appends with the status `"left"`, without those that failed, which only `onSettled`
   * reports. To have no appends left, call `drain` first. Further calls return the same result.
   *
   * @param options - the signal ends the wait for attempts in flight, which are still reported to `onSettled`
   * @throws `AETHER_INVALID_ARGUMENT`, `signal.reason`
   */
  async close(options: CallOptions = {}): Promise<readonly QueuedAppend<E>[]> {
    const { signal } = checkOptions(options);
    this.#closing ??= this.#close();
    return abortable(this.#closing, signal);
  }

  /** Drains the queue, then closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain();
    await this.close();
  }

  async #close(): Promise<readonly QueuedAppend<E>[]> {
    for (const wake of this.#waiting.keys()) wake.abort();
    for (const { stop } of this.#accepted) stop.abort();
    return (await this.#outcomes()).filter((outcome) => outcome.status === "left");
  }

  #outcomes(): Promise<readonly QueueOutcome<E>[]> {
    return Promise.all([...this.#accepted].map(({ settled }) => settled));
  }

  async #waitForRoom(append: QueuedAppend<E>, signal: AbortSignal | undefined): Promise<void> {
    const { actorId } = append;
    const wake = new AbortController();
    this.#waiting.set(wake, append);
    await abortable(this.#retry.clock.sleep(this.#limits.roomTimeoutMs, wake.signal), signal).catch(() => {});
    wake.abort();
    // The queue may have accepted the append at the same moment as the wait ended for another reason.
    if (!this.#waiting.delete(wake)) return;
    signal?.throwIfAborted();
    if (this.#closing) throw new RetryQueueClosedError({ actorId });
    throw new RetryQueueFullError({ actorId, ...this.#limits });
  }

  #acceptWaiting(): void {
    const [next] = this.#waiting;
    if (!next || this.#closing) return;
    const [wake, append] = next;
    this.#waiting.delete(wake);
    this.#accept(append);
    wake.abort();
  }

  #accept(append: QueuedAppend<E>): void {
    const { actorId } = append;
    const before = this.#last.get(actorId)?.settled;
    const stop = new AbortController();
    const work = async (): Promise<QueueOutcome<E>> => {
      await before;
      const outcome = await this.#outcomeOf(append, stop.signal);
      this.#accepted.delete(accepted);
      if (this.#last.get(actorId) === accepted) this.#last.delete(actorId);
      notify(this.#onSettled, outcome);
      this.#acceptWaiting();
      return outcome;
    };
    const accepted: Accepted<E> = { stop, settled: work() };
    this.#accepted.add(accepted);
    this.#last.set(actorId, accepted);
  }

  async #outcomeOf(append: QueuedAppend<E>, stop: AbortSignal): Promise<QueueOutcome<E>> {
    const { clock } = this.#retry;
    // `stop` ends only the waits: an attempt in flight may finish.
    const stoppable: Clock = { now: () => clock.now(), sleep: (ms) => clock.sleep(ms, stop) };
    try {
      stop.throwIfAborted();
      const result = await appendWithRetry<E>(this.#store, append.actorId, append.decide, {
        ...this.#retry,
        clock: stoppable,
      });
      return { ...append, status: "done", result };
    } catch (error) {
      if (stop.aborted && error === stop.reason) return { ...append, status: "left" };
      return { ...append, status: "failed", error };
    }
  }
}
