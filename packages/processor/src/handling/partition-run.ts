import { type Event, onAbort, type Position, type StoredEvent } from "@aether/core";
import { endsWithin } from "../ends-within.ts";
import type { Lease, LeaseProgress } from "../leases/lease.ts";
import { ParkBook } from "../parking/park-book.ts";
import { parkRecordOf } from "../parking/park-record-of.ts";
import { ParkedRetries } from "../parking/parked-retries.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { describeError, type ParkRecord } from "../state/park-index.ts";
import type { FailureRecord } from "../state/partition-record.ts";
import type { PartitionStatus } from "../status.ts";
import { ActorQueues, type Task } from "./actor-queues.ts";
import { Attempts, type WorkEnd } from "./attempts.ts";
import { CheckpointTimer } from "./checkpoint-timer.ts";
import type { Counters } from "./counters.ts";
import { HandlersInFlight } from "./handlers-in-flight.ts";
import { LowWaterMark } from "./low-water-mark.ts";
import { PartitionReader } from "./partition-reader.ts";
import type { Slots } from "./slots.ts";

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
  /** Aborted once the handlers have ended. Until then, the lease is renewed. */
  readonly #ended = new AbortController();
  readonly #attempts: Attempts;
  readonly #due: CheckpointTimer;
  readonly #queues: ActorQueues<E> | undefined;
  #parks: ParkBook | undefined;
  #retries: ParkedRetries<E> | undefined;
  #reader: PartitionReader<E> | undefined;
  #failure: RunFailure | undefined;

  constructor(parts: PartitionRunParts<E>) {
    const { options, lease, slots, counters, onAdvance } = parts;
    this.#parts = parts;
    this.#due = new CheckpointTimer(options.clock);
    // A batch enters the mark as one event, its last one, so nothing after the checkpoint is stored as handled.
    const former = options.handleBatch === undefined ? lease.ahead : undefined;
    this.#mark = new LowWaterMark(lease.checkpoint, former, onAdvance);
    this.#attempts = new Attempts({
      policy: options.retry,
      random: options.random,
      clock: options.clock,
      slots,
      counters,
      inFlight: this.#inFlight,
      onRetry: options.onRetry,
      partition: lease.partition,
      leaseToken: lease.token,
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
        failed: (task, end) => this.#failed(task, end),
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
      readUpTo: this.#reader?.readUpTo,
      isCaughtUp: this.#reader?.isCaughtUp === true,
      waitingEvents: this.#mark.size,
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
   * Runs until `stop` is called, the lease is lost, or a failure ends it. Releases the partition at the end. Resolves
   * to the failure, or to `"lost"`, or to `undefined`.
   */
  async run(): Promise<RunFailure | "lost" | undefined> {
    const { lease } = this.#parts;
    const onLost = (): void => {
      this.#handlers.abort(lease.signal.reason);
      this.stop();
    };
    onAbort(lease.signal, onLost);
    if (lease.signal.aborted) onLost();
    const kept = this.#keepCheckpoint();
    const read = this.#read();
    // A batch belongs to the read, so its handler may keep the read from ending.
    await Promise.race([read, untilAborted(this.#stopping.signal)]);
    const haveEnded = await this.#untilHandlersEnd(read);
    this.#ended.abort(new Error("the run has ended"));
    await kept;
    if (lease.signal.aborted) return "lost";
    // Handlers that did not end still work on their events, so no other process may start with them now.
    if (haveEnded) await lease.release(this.#progress(), this.#failureRecord());
    else lease.abandon();
    return this.#failure;
  }

  /** Reads and handles events until the run stops. */
  async #read(): Promise<void> {
    const { lease, options, counters, onProblem } = this.#parts;
    const { documents, name, clock, leaseMs } = options;
    try {
      const parks = await ParkBook.open({ documents, name, clock, lease, pauseMs: leaseMs / 50 });
      this.#parks = parks;
      const reader = new PartitionReader({
        options,
        lease,
        mark: this.#mark,
        attempts: this.#attempts,
        counters,
        parks,
        stopping: this.#stopping.signal,
        dispatch: (stored) => this.#dispatch(stored, parks),
        park: (task, end) => this.#failed(task, end),
        checkpointSoon: () => this.#due.soon(),
        fail: (error, position) => this.#fail(error, position),
        onProblem,
      });
      this.#reader = reader;
      if (this.#queues !== undefined) this.#retries = this.#parkedRetries(parks, reader);
      this.#retries?.check();
      await reader.run();
    } catch (error) {
      this.#fail(error, undefined);
    }
  }

  /** Waits until the handlers have ended, or long enough. Resolves to false if some are still running. */
  async #untilHandlersEnd(read: Promise<void>): Promise<boolean> {
    const { options, lease } = this.#parts;
    const { clock, stopTimeoutMs } = options;
    const ended = read.then(() => Promise.all([this.#inFlight.untilNone(), this.#retries?.untilStopped()]));
    if (!lease.signal.aborted && (await endsWithin(stopTimeoutMs, clock, ended))) return true;
    if (!this.#handlers.signal.aborted) this.#handlers.abort(new Error("the processor stops"));
    return endsWithin(ABORTED_MS, clock, ended);
  }

  #progress(): LeaseProgress {
    return { checkpoint: this.#mark.position, ahead: this.#mark.ahead };
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

  #dispatch(stored: StoredEvent<E>, parks: ParkBook): void {
    const { event, position } = stored;
    const entry = this.#mark.enter(position, event.timestamp);
    if (this.#retries?.hold({ stored, entry })) return;
    // While the record of an actor is being stored, its events wait in its queue.
    if (parks.isStored(event.actorId)) this.#mark.done(entry);
    else this.#queues?.add({ stored, entry });
  }

  /** Parks the actor of an event. Rejects if the run ends instead. */
  async #failed({ stored, entry }: Task<E>, end: Extract<WorkEnd, { status: "failed" }>): Promise<void> {
    const { options, counters, onParked } = this.#parts;
    const parks = this.#parks;
    if (!options.parks || parks === undefined || parks.size >= options.maxParkedActors) {
      this.#fail(end.error, stored.position);
      throw end.error;
    }
    try {
      // The actor's earlier events are handled. A position far before the event could expire earlier than the event.
      await parks.put(parkRecordOf(stored, end, entry.after ?? null));
    } catch (error) {
      this.#fail(error, stored.position);
      throw error;
    }
    counters.parkings++;
    onParked();
  }

  /** Writes checkpoints and renews the lease until the handlers have ended. Never rejects. */
  async #keepCheckpoint(): Promise<void> {
    const { options, lease, counters } = this.#parts;
    const { clock, checkpointMs, leaseMs } = options;
    const { signal } = this.#ended;
    const isRenewalDue = (): boolean => clock.now() - lease.renewedMs >= leaseMs / 3;
    try {
      while (!signal.aborted) {
        // If the last write has taken long, there is no time to wait.
        if (!isRenewalDue()) await this.#due.wait(checkpointMs, signal);
        counters.sample(clock.now());
        const progress = this.#reader?.progressAt(this.#mark.position) ?? this.#progress();
        if (lease.hasStored(progress) && !isRenewalDue()) continue;
        await lease.save(progress);
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error, undefined);
    }
  }

  #parkedRetries(parks: ParkBook, reader: PartitionReader<E>): ParkedRetries<E> {
    const { options, onParked, counters } = this.#parts;
    return new ParkedRetries({
      options,
      partition: options.partitions === 1 ? undefined : this.partition,
      parks,
      attempts: this.#attempts,
      counters,
      stopping: this.#stopping.signal,
      readUpTo: () => reader.readUpTo,
      resume: (task) => this.#queues?.add(task),
      skip: (entry) => this.#mark.done(entry),
      onChange: onParked,
      onFailure: (error) => this.#fail(error, undefined),
    });
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => onAbort(signal, resolve));
}
