import { abortable, type Event, type FeedPage, isAetherError, type Position, type StoredEvent } from "@aether/core";
import type { HandlerContext } from "../handler.ts";
import type { Lease } from "../leases/lease.ts";
import { ParkBook } from "../parking/park-book.ts";
import { parkRecordOf } from "../parking/park-record-of.ts";
import { ParkedRetries } from "../parking/parked-retries.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { describeError, type ParkRecord } from "../state/park-index.ts";
import type { FailureRecord, Trial } from "../state/partition-record.ts";
import type { PartitionStatus } from "../status.ts";
import { ActorQueues } from "./actor-queues.ts";
import { Attempts, STOPPED, type WorkEnd } from "./attempts.ts";
import type { Counters } from "./counters.ts";
import { HandlersInFlight } from "./handlers-in-flight.ts";
import { LowWaterMark } from "./low-water-mark.ts";
import type { Slots } from "./slots.ts";
import { isCrash, Trials } from "./trials.ts";

/** Pause before the feed is read again after an error, in milliseconds. */
const PAUSE_MS = 500;
/** Time that handlers get to end after their signal was aborted, in milliseconds. */
const ABORTED_MS = 1_000;

export interface PartitionRunParts<E extends Event> {
  readonly options: ResolvedOptions<E>;
  readonly lease: Lease;
  readonly slots: Slots;
  readonly counters: Counters;
  /** Called when the position up to which events are handled has moved. */
  readonly onAdvance: () => void;
  /** Called when the parked actors change. */
  readonly onParked: () => void;
  /** Called with each error that the run tries to overcome, and with `undefined` afterwards. */
  readonly onProblem: (error: unknown) => void;
}

/** An error that ends a run, and the position of the event or record that caused it. */
export interface RunFailure {
  readonly error: unknown;
  readonly position: Position | undefined;
}

/** Handles the events of one partition, as long as the process has its lease. */
export class PartitionRun<E extends Event> {
  readonly #parts: PartitionRunParts<E>;
  readonly #mark: LowWaterMark;
  readonly #inFlight = new HandlersInFlight();
  /** Aborted to stop reading and to start no more handlers. */
  readonly #stopping = new AbortController();
  /** The signal of the handlers. */
  readonly #handlers = new AbortController();
  readonly #attempts: Attempts;
  readonly #queues: ActorQueues<E> | undefined;
  #parks: ParkBook | undefined;
  #retries: ParkedRetries<E> | undefined;
  #readUpTo: Position | undefined;
  #isCaughtUp = false;
  /** The event that is tried after a crash. */
  #trial: Trial | undefined;
  #failure: RunFailure | undefined;

  constructor(parts: PartitionRunParts<E>) {
    const { options, lease, slots, counters, onAdvance } = parts;
    this.#parts = parts;
    this.#readUpTo = lease.checkpoint;
    this.#mark = new LowWaterMark(lease.checkpoint, onAdvance);
    this.#attempts = new Attempts({
      policy: options.retry,
      random: options.random,
      clock: options.clock,
      slots,
      counters,
      inFlight: this.#inFlight,
      onRetry: options.onRetry,
      handlerSignal: this.#handlers.signal,
      stopping: this.#stopping.signal,
      isOwner: () => lease.isHeld(),
    });
    const { handle } = options;
    if (handle !== undefined) {
      this.#queues = new ActorQueues({
        handle,
        attempts: this.#attempts,
        slots,
        counters,
        isOneQueue: options.concurrency === 1,
        done: (entry) => this.#mark.done(entry),
        failed: (stored, end) => this.#failed(stored, end),
      });
    }
  }

  get partition(): number {
    return this.#parts.lease.partition;
  }

  /** Token of the lease. */
  get token(): string {
    return this.#parts.lease.token;
  }

  /** Position up to which every event is handled or parked. */
  get handledUpTo(): Position | undefined {
    return this.#mark.position;
  }

  get inFlight(): HandlersInFlight {
    return this.#inFlight;
  }

  /** The parked actors; none before they were read. */
  get parked(): readonly ParkRecord[] {
    return this.#parks?.records ?? [];
  }

  /** Timestamp of the oldest event that was read and is not handled. */
  get oldestTimestamp(): string | undefined {
    return this.#mark.oldestTimestamp;
  }

  get status(): PartitionStatus {
    return {
      partition: this.partition,
      handledUpTo: this.#mark.position,
      readUpTo: this.#readUpTo,
      isCaughtUp: this.#isCaughtUp,
      waitingEvents: this.#mark.waiting,
      parkedActors: this.#parks?.size ?? 0,
    };
  }

  /** Stops reading. Handlers that run may end. `run` then releases the partition. */
  stop(): void {
    this.#stopping.abort(new Error("the run stops"));
  }

  /** Learns the requests in the index of parked actors. */
  learnRequests(document: Parameters<ParkBook["learn"]>[0]): void {
    if (this.#parks === undefined) return;
    this.#parks.learn(document);
    this.#retries?.check();
  }

  /**
   * Runs until `stop` is called, the lease is lost, or a failure ends it. Releases the partition at the end. Resolves to
   * the failure, or to `"lost"`, or to `undefined`.
   */
  async run(): Promise<RunFailure | "lost" | undefined> {
    const { lease, options } = this.#parts;
    const onLost = (): void => {
      this.#handlers.abort(lease.signal.reason);
      this.stop();
    };
    lease.signal.addEventListener("abort", onLost, { once: true });
    if (lease.signal.aborted) onLost();
    try {
      this.#parks = await ParkBook.open({
        documents: options.documents,
        name: options.name,
        clock: options.clock,
        lease,
        pauseMs: options.leaseMs / 50,
      });
      if (this.#queues !== undefined) this.#retries = this.#parkedRetries(this.#parks);
      this.#retries?.check();
      await Promise.all([this.#read(), this.#keepCheckpoint()]);
    } catch (error) {
      this.#fail(error, undefined);
    }
    return this.#end();
  }

  async #end(): Promise<RunFailure | "lost" | undefined> {
    const { lease } = this.#parts;
    await this.#retries?.untilStopped();
    const haveEnded = await this.#untilHandlersEnd();
    if (lease.signal.aborted) return "lost";
    const progress = { checkpoint: this.#mark.position };
    // The handlers that did not end still work on their events, so no other process may start with them now.
    if (haveEnded) await lease.release(progress, this.#failureRecord());
    else lease.abandon();
    return this.#failure;
  }

  async #untilHandlersEnd(): Promise<boolean> {
    const { options, lease } = this.#parts;
    const { clock, stopTimeoutMs } = options;
    const ended = this.#inFlight.untilNone().then(() => true);
    const wait = async (ms: number): Promise<boolean> => {
      const over = new AbortController();
      const timer = clock.sleep(ms, over.signal).then(
        () => false,
        () => false,
      );
      const isEnded = await Promise.race([ended, timer]);
      over.abort();
      return isEnded;
    };
    if (!lease.signal.aborted && (await wait(stopTimeoutMs))) return true;
    if (!this.#handlers.signal.aborted) this.#handlers.abort(new Error("the processor stops"));
    return wait(ABORTED_MS);
  }

  #failureRecord(): FailureRecord | null {
    if (this.#failure === undefined) return null;
    const { error, position = null } = this.#failure;
    return { message: describeError(error).message, position };
  }

  /** Ends the run with an error. The first one counts. */
  #fail(error: unknown, position: Position | undefined): void {
    const { lease } = this.#parts;
    if (!lease.signal.aborted && !this.#stopping.signal.aborted) this.#failure = { error, position };
    this.stop();
  }

  /** Reads the feed until the run stops. */
  async #read(): Promise<void> {
    const { options, lease, onProblem } = this.#parts;
    const { store, filters, partitions, clock } = options;
    const { signal } = this.#stopping;
    const partition = partitions === 1 ? undefined : this.partition;
    try {
      const end = isCrash(lease.former) ? await this.#latestPosition() : undefined;
      const trials = new Trials(lease.former, end, options.maxInFlight);
      while (!signal.aborted) {
        try {
          const after = this.#readUpTo;
          for await (const page of store.readFeed({ ...filters, partition, after, follow: true, signal })) {
            await this.#handlePage(page, trials);
            onProblem(undefined);
            if (signal.aborted) break;
          }
        } catch (error) {
          if (signal.aborted || !isAetherError(error, "AETHER_STORE_UNAVAILABLE")) throw error;
          onProblem(error);
        }
        await clock.sleep(PAUSE_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error, undefined);
    }
  }

  async #handlePage({ events, errors, position, isCaughtUp }: FeedPage<E>, trials: Trials): Promise<void> {
    const { options, counters } = this.#parts;
    const [malformed] = errors;
    const isStopped = malformed !== undefined && !options.skipsMalformed;
    const readable = isStopped ? events.filter((stored) => stored.position < malformed.position) : events;
    if (!isStopped) counters.skippedRecords += errors.length;
    if (options.handleBatch === undefined) await this.#handleEach(readable, trials);
    else await this.#handleBatches(readable, trials);
    if (isStopped) {
      await this.#until(0);
      this.#fail(malformed.cause, malformed.position);
      return;
    }
    if (position !== undefined) {
      this.#mark.pass(position);
      this.#readUpTo = position;
    }
    this.#isCaughtUp = isCaughtUp;
  }

  async #handleEach(events: readonly StoredEvent<E>[], trials: Trials): Promise<void> {
    const { maxInFlight } = this.#parts.options;
    for (const stored of events) {
      const { signal } = this.#stopping;
      signal.throwIfAborted();
      if (this.#mark.size >= maxInFlight) await this.#until(maxInFlight - 1);
      const isTrial = trials.includes(stored.position);
      if (isTrial) await this.#until(0);
      if (!isTrial || (await this.#tryAfterCrash(stored, trials))) this.#dispatch(stored);
      this.#readUpTo = stored.position;
      if (isTrial) await this.#until(0);
      this.#trial = undefined;
    }
  }

  #dispatch(stored: StoredEvent<E>): void {
    const { event, position } = stored;
    const entry = this.#mark.enter(position, event.timestamp);
    if (this.#retries?.hold({ stored, entry })) return;
    if (this.#parks?.get(event.actorId) !== undefined) this.#mark.done(entry);
    else this.#queues?.add({ stored, entry });
  }

  /** Handles pages of events in calls of `handleBatch`, with a checkpoint after each. */
  async #handleBatches(events: readonly StoredEvent<E>[], trials: Trials): Promise<void> {
    const { options, lease, counters } = this.#parts;
    const { handleBatch, maxBatchEvents } = options;
    for (let start = 0; start < events.length; ) {
      this.#stopping.signal.throwIfAborted();
      const first = events[start];
      if (first === undefined || handleBatch === undefined) return;
      const isTrial = trials.includes(first.position);
      const batch = Object.freeze(events.slice(start, start + (isTrial ? 1 : maxBatchEvents)));
      const position = batch.at(-1)?.position ?? first.position;
      const isTried = !isTrial || (await this.#tryAfterCrash(first, trials));
      const { actorId } = first.event;
      const entry = this.#mark.enter(position, first.event.timestamp);
      const call = (context: HandlerContext): unknown => handleBatch(batch, context);
      const end = isTried ? await this.#attempts.all({ actorId, position, call }) : STOPPED;
      if (end.status === "failed") this.#fail(end.error, first.position);
      if (end.status !== "handled") return;
      this.#trial = undefined;
      counters.handled(batch.length);
      this.#mark.done(entry);
      this.#readUpTo = position;
      await lease.save({ checkpoint: this.#mark.position, trial: this.#trial });
      start += batch.length;
    }
  }

  /** Stores that an event is tried after a crash. Resolves to false if it has ended too many processes. */
  async #tryAfterCrash(stored: StoredEvent<E>, trials: Trials): Promise<boolean> {
    const { lease, options } = this.#parts;
    if (this.#parks?.get(stored.event.actorId) !== undefined) return true;
    const starts = trials.startsOf(stored.position);
    if (starts < options.maxCrashes) {
      this.#trial = { position: stored.position, starts: starts + 1 };
      await lease.save({ checkpoint: this.#mark.position, trial: this.#trial });
      return true;
    }
    const error = new Error(`the process ended ${starts} times while it handled the event`);
    const entry = this.#mark.enter(stored.position, stored.event.timestamp);
    await this.#failed(stored, { status: "failed", error, attempts: starts });
    this.#mark.done(entry);
    return false;
  }

  /** Parks the actor of an event. Rejects if the run ends instead. */
  async #failed(stored: StoredEvent<E>, end: Extract<WorkEnd, { status: "failed" }>): Promise<void> {
    const { options, counters, onParked } = this.#parts;
    const parks = this.#parks;
    if (!options.parks || parks === undefined || parks.size >= options.maxParkedActors) {
      this.#fail(end.error, stored.position);
      throw end.error;
    }
    try {
      // Everything up to the mark is handled, including the actor's events.
      await parks.put(parkRecordOf(stored, end, this.#mark.position ?? null));
    } catch (error) {
      this.#fail(error, stored.position);
      throw error;
    }
    counters.parkings++;
    onParked();
  }

  /** Reads the position of the last stored event, as soon as the store is available. */
  async #latestPosition(): Promise<Position | undefined> {
    const { store, clock } = this.#parts.options;
    const { signal } = this.#stopping;
    for (;;) {
      try {
        return await store.getLatestPosition({ signal });
      } catch (error) {
        if (signal.aborted || !isAetherError(error, "AETHER_STORE_UNAVAILABLE")) throw error;
        this.#parts.onProblem(error);
        await clock.sleep(PAUSE_MS, signal);
      }
    }
  }

  async #until(limit: number): Promise<void> {
    await abortable(this.#mark.until(limit), this.#stopping.signal);
  }

  /** Writes checkpoints and renews the lease until the run stops. */
  async #keepCheckpoint(): Promise<void> {
    const { options, lease, counters } = this.#parts;
    const { clock, checkpointMs, leaseMs } = options;
    const { signal } = this.#stopping;
    let renewedMs = clock.now();
    try {
      while (!signal.aborted) {
        await clock.sleep(checkpointMs, signal);
        const now = clock.now();
        counters.sample(now);
        const checkpoint = this.#mark.position;
        if (checkpoint === lease.checkpoint && now - renewedMs < leaseMs / 3) continue;
        await lease.save({ checkpoint, trial: this.#trial });
        renewedMs = now;
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error, undefined);
    }
  }

  #parkedRetries(parks: ParkBook): ParkedRetries<E> {
    const { options, onParked, counters } = this.#parts;
    return new ParkedRetries({
      options,
      partition: options.partitions === 1 ? undefined : this.partition,
      parks,
      attempts: this.#attempts,
      counters,
      stopping: this.#stopping.signal,
      readUpTo: () => this.#readUpTo,
      resume: (task) => this.#queues?.add(task),
      skip: (entry) => this.#mark.done(entry),
      onChange: onParked,
      onFailure: (error) => this.#fail(error, undefined),
    });
  }
}
