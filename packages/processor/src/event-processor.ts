import type { CallOptions, Event, FeedEventStore, Position } from "@aether/core";
import { readSignal } from "@aether/store-kit";
import { ProcessorStoppedError } from "./errors.ts";
import { Counters } from "./handling/counters.ts";
import type { RunFailure } from "./handling/partition-run.ts";
import { Board } from "./leases/board.ts";
import { Membership } from "./leases/membership.ts";
import { Partitions } from "./leases/partitions.ts";
import {
  discardParked,
  type ParkedActor,
  type ParkedRequestOptions,
  parkedActors,
  retryParked,
} from "./parking/parked-actors.ts";
import { Problems } from "./problems.ts";
import { type ProcessorOptions, type ResolvedOptions, resolveOptions } from "./processor-options.ts";
import { establishSettings } from "./state/settings-record.ts";
import type { ProcessorState, ProcessorStatus } from "./status.ts";
import { statusOf } from "./status-of.ts";
import { type PartitionProgress, partitionsOf, progressSeen } from "./waiting/progress.ts";
import { resolveWait, type WaitOptions, waitUntilReached } from "./waiting/wait.ts";
import { Waits } from "./waiting/waits.ts";

/** Maximum interval in which the documents are read, if the store cannot report changes, in milliseconds. */
const POLL_MS = 500;

/** The parts of a processor that was started. */
interface Running<E extends Event> {
  readonly board: Board;
  readonly membership: Membership<E>;
  readonly partitions: Partitions<E>;
  /** Work that ends after `stop`. */
  readonly loops: Promise<unknown>;
}

/**
 * Calls a handler for every event of a store, at least once: in order per actor, and at the same time for different
 * actors. The checkpoint never passes an event that is not handled. Any number of processes can run a processor with
 * the same name: they share the partitions, and take over from processes that end.
 *
 * @example
 * ```ts
 * await using processor = new EventProcessor(store, {
 *   name: "shipping-mails",
 *   documents,
 *   eventTypes: ["OrderShipped"],
 *   handle: async (event, { signal }) => sendMail(event, signal),
 * });
 * await processor.start();
 * await processor.untilStopped();
 * ```
 */
export class EventProcessor<E extends Event = Event, const Type extends E["eventType"] = E["eventType"]>
  implements AsyncDisposable
{
  readonly #options: ResolvedOptions<E>;
  readonly #counters = new Counters();
  readonly #waits = new Waits();
  readonly #starting = new AbortController();
  readonly #ended: Promise<void>;
  /** True if the application learns of a failure. */
  #isObserved: boolean;
  #resolveEnded: () => void = () => {};
  #rejectEnded: (error: unknown) => void = () => {};
  #start: Promise<void> | undefined;
  #stop: Promise<void> | undefined;
  #running: Running<E> | undefined;
  #failure: ProcessorStoppedError | undefined;
  #isStopped = false;
  readonly #problems = new Problems(() => this.#noteChange());
  readonly #noteStatusProblem = this.#problems.source();
  #isStatusDue = false;

  /** @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
  constructor(store: FeedEventStore<E>, options: ProcessorOptions<E, Type>) {
    this.#options = resolveOptions(store, options);
    this.#ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve;
      this.#rejectEnded = reject;
    });
    this.#ended.catch(() => {});
    this.#isObserved = this.#options.onStatus !== undefined;
  }

  /** Name of the processor. */
  get name(): string {
    return this.#options.name;
  }

  /** State and metrics of the processor at this moment. */
  get status(): ProcessorStatus {
    return statusOf({
      name: this.name,
      state: this.#state,
      runs: this.#running?.partitions.runs ?? [],
      counters: this.#counters,
      problem: this.#failure ?? this.#problems.current,
      nowMs: this.#options.clock.now(),
    });
  }

  /**
   * Starts the processor. Resolves as soon as this process takes part: it handles partitions, or waits for free ones. A
   * start that fails can be repeated.
   *
   * @throws `AETHER_PROCESSOR_MISMATCH` if the processor has another number of partitions, or other processes run it
   * with other filters
   * @throws `AETHER_PROCESSOR_STOPPED` if it was stopped, or has failed. Create a new one.
   * @throws `AETHER_PROCESSOR_RETIRED` if `retireProcessor` has ended it for good
   * @throws `AETHER_STREAM_RESET`, `AETHER_HISTORY_TRUNCATED`, `AETHER_INVALID_ARGUMENT` if it starts for the first
   * time, and `startFrom` is not a position of the store, or the events after it have expired
   * @throws `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  start(options: CallOptions = {}): Promise<void> {
    if (this.#stop !== undefined) return Promise.reject(this.#stoppedError());
    this.#start ??= this.#begin(options).catch((error) => {
      this.#start = undefined;
      throw error;
    });
    return this.#start;
  }

  /**
   * Stops the processor: reads no more events, waits until the running handlers have ended, stores the checkpoint and
   * releases the partitions, so that other processes take them over at once. After `stopTimeoutMs`, the signals of
   * handlers that still run are aborted. Can be called more than once. Never rejects.
   */
  stop(): Promise<void> {
    this.#stop ??= this.#end();
    return this.#stop;
  }

  /** Same as {@link stop}. Never rejects. */
  close(): Promise<void> {
    return this.stop();
  }

  /** Same as {@link stop}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /**
   * Waits for the end of the processor. Resolves after {@link stop}. If an error stops a processor without `onStatus`
   * on which this method was not called, the error is printed with `console.error`.
   *
   * @throws `AETHER_PROCESSOR_STOPPED` if an error has stopped it. The checkpoint is before the event that failed.
   */
  untilStopped(): Promise<void> {
    this.#isObserved = true;
    return this.#ended;
  }

  /**
   * Waits until the processor has handled everything up to a position, in this process or in others.
   *
   * @param position - a position, or the receipt of a save: so you read your own writes
   * @throws `AETHER_WAIT_TIMED_OUT` with the position that was reached, and the partitions that no process handles
   * @throws `AETHER_ACTOR_PARKED` if an actor is parked at or before the position
   * @throws `AETHER_PROCESSOR_STOPPED` if the processor does not run, or stops in the meantime
   * @throws `AETHER_STREAM_RESET` if the position is from another store
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  async waitFor(position: Position | { readonly position: Position }, options: WaitOptions = {}): Promise<void> {
    const { clock, store, partitions, dividesActors } = this.#options;
    const wait = resolveWait(this.name, position, options);
    const wanted = partitionsOf(wait, partitions, dividesActors);
    await waitUntilReached(wait, {
      clock,
      store: store as FeedEventStore,
      waits: this.#waits,
      progress: () => {
        const running = this.#running;
        if (running === undefined || this.#failure !== undefined || this.#stop !== undefined)
          throw this.#stoppedError();
        return wanted.map((partition) => [partition, this.#progressOf(running, partition)]);
      },
    });
  }

  /**
   * Waits until the processor has handled everything that is stored when the method is called.
   *
   * @throws `AETHER_WAIT_TIMED_OUT`, `AETHER_ACTOR_PARKED`, `AETHER_PROCESSOR_STOPPED`, and the other errors of
   * {@link waitFor} and `getLatestPosition`
   */
  async drain(options: Omit<WaitOptions, "actorId"> = {}): Promise<void> {
    const signal = readSignal(options);
    const position = await this.#options.store.getLatestPosition({ signal });
    if (position !== undefined) await this.waitFor(position, options);
  }

  /**
   * Lists the parked actors of all partitions.
   *
   * @throws `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  parked(options: CallOptions = {}): Promise<readonly ParkedActor[]> {
    return parkedActors(this.#options.documents, this.name, options);
  }

  /**
   * Requests that a parked actor is handled again: see `retryParked`.
   *
   * @returns true once the request is stored; otherwise false
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   */
  retryParked(actorId: string, options: ParkedRequestOptions = {}): Promise<boolean> {
    return this.#request(retryParked, actorId, options);
  }

  /**
   * Requests that the event that has parked an actor is skipped: see `discardParked`.
   *
   * @returns true once the request is stored; otherwise false
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`,
   * `signal.reason`
   */
  discardParked(actorId: string, options: ParkedRequestOptions = {}): Promise<boolean> {
    return this.#request(discardParked, actorId, options);
  }

  /** Stores a request, and begins to carry it out if this process handles the actor. */
  async #request(store: typeof retryParked, actorId: string, options: ParkedRequestOptions): Promise<boolean> {
    const { documents, partitions } = this.#options;
    const isStored = await store(documents, this.name, actorId, options);
    const [partition = 0] = partitionsOf({ actorId }, partitions, true);
    if (isStored) await this.#running?.partitions.readRequests(partition, readSignal(options));
    return isStored;
  }

  get #state(): ProcessorState {
    if (this.#isStopped) return this.#failure === undefined ? "stopped" : "failed";
    if (this.#stop !== undefined || this.#failure !== undefined) return "stopping";
    if (this.#running === undefined) return "new";
    return this.#running.partitions.runs.length > 0 ? "running" : "standby";
  }

  async #begin(options: CallOptions): Promise<void> {
    const own = readSignal(options);
    own?.throwIfAborted();
    const signal = own === undefined ? this.#starting.signal : AbortSignal.any([own, this.#starting.signal]);
    const { documents, name, clock, leaseMs } = this.#options;
    const pollMs = Math.min(POLL_MS, leaseMs / 4);
    let partitions: Partitions<E> | undefined;
    const onChange = (): void => {
      partitions?.check();
      this.#waits.notify();
    };
    const onProblem = this.#problems.source();
    const onMemberProblem = this.#problems.source();
    const board = new Board({ documents, name, clock, pollMs, onChange, onProblem });
    const membership = new Membership(this.#options, board);
    let kept: Promise<void> | undefined;
    try {
      const { startAfter } = await establishSettings(this.#options, signal);
      await membership.join(signal);
      await board.start(signal);
      // Already now, so that of processes that start at the same time, each notices that the others run.
      kept = membership.keep(onMemberProblem);
      await membership.checkFilters(signal);
      signal.throwIfAborted();
      partitions = new Partitions({
        options: this.#options,
        board,
        membership,
        counters: this.#counters,
        startAfter,
        onAdvance: this.#waits.notify,
        onChange: () => this.#noteChange(),
        problems: this.#problems,
        onFailure: (failure) => this.#fail(failure),
      });
    } catch (error) {
      await Promise.all([board.stop(), membership.leave(), kept]);
      onProblem(undefined);
      onMemberProblem(undefined);
      throw error;
    }
    const loops = Promise.all([kept, partitions.keep(pollMs)]);
    this.#running = { board, membership, partitions, loops };
    this.#noteChange();
  }

  async #end(): Promise<void> {
    this.#starting.abort(this.#stoppedError());
    await this.#start?.catch(() => {});
    const running = this.#running;
    this.#noteChange();
    if (running !== undefined) {
      await running.partitions.stop();
      await running.membership.leave();
      await Promise.all([running.loops, running.board.stop()]);
    }
    this.#isStopped = true;
    this.#noteChange();
    if (this.#failure === undefined) {
      this.#resolveEnded();
      return;
    }
    if (!this.#isObserved) console.error(`@aether: ${this.#failure.message}`);
    this.#rejectEnded(this.#failure);
  }

  #fail({ error, position }: RunFailure): void {
    this.#failure ??= new ProcessorStoppedError({ processor: this.name, reason: "failed", position, cause: error });
    this.#noteChange();
    void this.stop();
  }

  #stoppedError(): ProcessorStoppedError {
    const reason = this.#stop === undefined ? "not started" : "stopped";
    return this.#failure ?? new ProcessorStoppedError({ processor: this.name, reason, position: undefined });
  }

  #progressOf({ partitions, board }: Running<E>, partition: number): PartitionProgress {
    const run = partitions.runOf(partition);
    if (run === undefined) {
      // As long as this process runs, it takes over from a process that has failed.
      return { ...progressSeen(board, partition, this.#options.clock.now()), failure: null };
    }
    return { handledUpTo: run.handledUpTo, hasOwner: true, parked: run.parked, failure: null };
  }

  /** Notifies the waiting calls, and reports the status once for all changes of this moment. */
  #noteChange(): void {
    this.#waits.notify();
    const { onStatus } = this.#options;
    if (onStatus === undefined || this.#isStatusDue) return;
    this.#isStatusDue = true;
    queueMicrotask(() => {
      try {
        onStatus(this.status);
      } catch (error) {
        this.#noteStatusProblem(error);
      }
      // Only now, so that an error of this call does not lead to the next call.
      this.#isStatusDue = false;
    });
  }
}
