import { abortable, type Event, type FeedPage, isAetherError, type Position, type StoredEvent } from "@aether/core";
import type { HandlerContext } from "../handler.ts";
import type { Lease, LeaseProgress } from "../leases/lease.ts";
import type { ParkBook } from "../parking/park-book.ts";
import { verifyReached } from "../position.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import type { Trial } from "../state/partition-record.ts";
import type { Task } from "./actor-queues.ts";
import { type Attempts, STOPPED, type WorkEnd } from "./attempts.ts";
import type { Counters } from "./counters.ts";
import type { LowWaterMark } from "./low-water-mark.ts";
import { isCrash, Trials } from "./trials.ts";

/**
 * Size of the events that wait for a batch in all partitions, as JSON in characters. With more, a batch is handled
 * although it could have more events.
 */
const MAX_WAITING_SIZE = 8_000_000;
/** Pause before the feed is read again after an error, in milliseconds. */
const PAUSE_MS = 500;

export interface PartitionReaderParts<E extends Event> {
  readonly options: ResolvedOptions<E>;
  readonly lease: Lease;
  readonly mark: LowWaterMark;
  readonly attempts: Attempts;
  readonly counters: Counters;
  readonly parks: ParkBook;
  /** Ends the read when it is aborted. */
  readonly stopping: AbortSignal;
  /** Handles an event after the earlier ones of its actor. */
  readonly dispatch: (stored: StoredEvent<E>) => void;
  /** Parks the actor of an event. Rejects if the run ends instead. */
  readonly park: (task: Task<E>, end: Extract<WorkEnd, { status: "failed" }>) => Promise<void>;
  /** Stores the checkpoint soon. */
  readonly checkpointSoon: () => void;
  /** Ends the run with an error. */
  readonly fail: (error: unknown, position: Position | undefined) => void;
  /** Called with each error that the reader tries to overcome, and with `undefined` afterwards. */
  readonly onProblem: (error: unknown) => void;
}

/** Reads the events of a partition, as long as not too many of them are waiting. */
export class PartitionReader<E extends Event> {
  readonly #parts: PartitionReaderParts<E>;
  /** The events after the checkpoint that former owners have handled. `undefined` once the read has passed them. */
  #former: { readonly upTo: Position; readonly open: ReadonlySet<Position> } | undefined;
  #readUpTo: Position | undefined;
  #isCaughtUp = false;
  #trial: Trial | undefined;
  #hasReachedEnd = false;
  /** Number of events that batches have handled after the stored checkpoint. */
  #unsaved = 0;
  /** Events of earlier pages that are not enough for a batch. None once the read has reached the end of the store. */
  #waiting: readonly StoredEvent<E>[] = [];
  /** Estimated size of these events, as JSON in characters. */
  #waitingSize = 0;

  constructor(parts: PartitionReaderParts<E>) {
    this.#parts = parts;
    const { checkpoint, ahead } = parts.lease;
    this.#readUpTo = checkpoint;
    this.#former = ahead && { upTo: ahead.upTo, open: new Set(ahead.open) };
  }

  /** Position of the last event that was passed on. */
  get readUpTo(): Position | undefined {
    return this.#readUpTo;
  }

  /** True if everything in the store was read. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Returns what the lease stores, with a position up to which every event is handled. */
  progressAt(checkpoint: Position | undefined): LeaseProgress {
    return { checkpoint, ahead: this.#parts.mark.ahead, trial: this.#trial };
  }

  /** Reads until the run stops. Never rejects. */
  async run(): Promise<void> {
    const { options, lease, onProblem, stopping: signal } = this.#parts;
    const { store, filters, partitions, clock, maxInFlight } = options;
    const partition = partitions === 1 || !options.dividesActors ? undefined : lease.partition;
    try {
      const end = isCrash(lease.former) ? await this.#latestPosition() : undefined;
      const trials = new Trials(lease.former, end, maxInFlight);
      let unverified = this.#former?.upTo;
      while (!signal.aborted) {
        try {
          // Otherwise new events of a store that was created again could be skipped.
          if (unverified !== undefined) await verifyReached(store, unverified, signal);
          unverified = undefined;
          const after = this.#readUpTo;
          this.#waiting = [];
          this.#waitingSize = 0;
          this.#hasReachedEnd = false;
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
      if (!signal.aborted) this.#parts.fail(error, undefined);
    }
  }

  async #handlePage({ events, errors, position, isCaughtUp }: FeedPage<E>, trials: Trials): Promise<void> {
    const { options, counters, mark, fail } = this.#parts;
    const [malformed] = errors;
    const isStopped = malformed !== undefined && !options.skipsMalformed;
    const readable = isStopped ? events.filter((stored) => stored.position < malformed.position) : events;
    if (!isStopped) counters.skippedRecords += errors.length;
    if (options.handleBatch === undefined) await this.#handleEach(readable, trials);
    else {
      // Until the end of the store is reached, pages are handled together. After that, each is handled at once.
      this.#waiting = [...this.#waiting, ...readable.filter(({ position: each }) => !this.#isHandled(each))];
      this.#hasReachedEnd ||= isCaughtUp;
      if (!this.#hasReachedEnd) this.#waitingSize += estimatedSize(readable);
      const isFull =
        this.#waiting.length >= options.maxBatchEvents || this.#waitingSize >= MAX_WAITING_SIZE / options.partitions;
      if (!isFull && !isStopped && !this.#hasReachedEnd) return;
      const batches = this.#waiting;
      this.#waiting = [];
      this.#waitingSize = 0;
      // Otherwise the run ends, and the next one must read the page again.
      if (!(await this.#handleBatches(batches, trials))) return;
    }
    if (isStopped) {
      await this.#until(0);
      fail(malformed.cause, malformed.position);
      return;
    }
    if (position !== undefined) {
      mark.pass(position);
      this.#passed(position);
    }
    this.#isCaughtUp = isCaughtUp;
  }

  async #handleEach(events: readonly StoredEvent<E>[], trials: Trials): Promise<void> {
    const { options, stopping, mark, dispatch } = this.#parts;
    for (const stored of events) {
      stopping.throwIfAborted();
      if (this.#isHandled(stored.position)) {
        mark.pass(stored.position);
        this.#passed(stored.position);
        continue;
      }
      if (mark.size >= options.maxInFlight) await this.#until(options.maxInFlight - 1);
      const isTrial = trials.includes(stored.position);
      if (isTrial) await this.#until(0);
      if (!isTrial || (await this.#tryAfterCrash(stored, trials))) dispatch(stored);
      this.#passed(stored.position);
      if (isTrial) await this.#until(0);
      this.#trial = undefined;
      trials.pass(stored.position);
    }
  }

  /**
   * Handles events in calls of `handleBatch`, with a checkpoint after each, or soon after it. Resolves to false if some
   * are left to another run.
   */
  async #handleBatches(events: readonly StoredEvent<E>[], trials: Trials): Promise<boolean> {
    const { options, lease, counters, mark, attempts, stopping, fail } = this.#parts;
    const { handleBatch, maxBatchEvents } = options;
    for (let start = 0; start < events.length; ) {
      stopping.throwIfAborted();
      const first = events[start];
      if (first === undefined || handleBatch === undefined) return true;
      const isTrial = trials.includes(first.position);
      const batch = Object.freeze(events.slice(start, start + (isTrial ? 1 : maxBatchEvents)));
      const position = batch.at(-1)?.position ?? first.position;
      await this.#limitUnsaved(batch.length);
      const isTried = !isTrial || (await this.#tryAfterCrash(first, trials));
      const { actorId, timestamp } = first.event;
      const entry = mark.enter(position, timestamp);
      let isStored = false;
      const call = async (context: HandlerContext): Promise<void> => {
        const writes = (await handleBatch(batch, context))?.writes ?? [];
        if (writes.length > 0) await lease.save(this.progressAt(position), writes);
        isStored = writes.length > 0;
      };
      const end = isTried ? await attempts.all({ actorId, position, call }) : STOPPED;
      if (end.status === "failed") fail(end.error, failedAt(end.error, batch) ?? first.position);
      if (end.status !== "handled") return false;
      this.#trial = undefined;
      trials.pass(position, batch.length);
      counters.handled(batch.length);
      // Calls that wait for the position do not have to wait for the checkpoint.
      mark.done(entry);
      this.#passed(position);
      if (isStored) this.#unsaved = 0;
      else this.#checkpointLater(batch.length);
      start += batch.length;
    }
    return true;
  }

  #checkpointLater(events: number): void {
    this.#unsaved += events;
    this.#parts.checkpointSoon();
  }

  /** Stores the checkpoint if too many events are handled after the last one that is stored. */
  async #limitUnsaved(events: number): Promise<void> {
    const { lease, mark, options } = this.#parts;
    if (lease.checkpoint === mark.position) this.#unsaved = 0;
    if (this.#unsaved + events <= options.maxInFlight) return;
    await lease.save(this.progressAt(mark.position));
    this.#unsaved = 0;
  }

  /** Stores that an event is tried after a crash. Resolves to false if it has ended too many processes. */
  async #tryAfterCrash(stored: StoredEvent<E>, trials: Trials): Promise<boolean> {
    const { lease, options, parks, mark, park } = this.#parts;
    const { event, position } = stored;
    if (parks.get(event.actorId) !== undefined) return true;
    const starts = trials.startsOf(position);
    if (starts < options.maxCrashes) {
      this.#trial = { position, starts: starts + 1 };
      await lease.save(this.progressAt(mark.position));
      return true;
    }
    const error = new Error(`the process ended, or lost its lease, ${starts} times while it handled the event`);
    const entry = mark.enter(position, event.timestamp);
    await park({ stored, entry }, { status: "failed", error, attempts: starts });
    mark.done(entry);
    return false;
  }

  #passed(position: Position): void {
    this.#readUpTo = position;
    if (this.#former !== undefined && position >= this.#former.upTo) this.#former = undefined;
  }

  /** Returns true if a former owner has handled the event at a position after the checkpoint. */
  #isHandled(position: Position): boolean {
    const former = this.#former;
    return former !== undefined && position <= former.upTo && !former.open.has(position);
  }

  /** Reads the position of the last stored event, as soon as the store is available. */
  async #latestPosition(): Promise<Position | undefined> {
    const { options, stopping: signal, onProblem } = this.#parts;
    for (;;) {
      try {
        return await options.store.getLatestPosition({ signal });
      } catch (error) {
        if (signal.aborted || !isAetherError(error, "AETHER_STORE_UNAVAILABLE")) throw error;
        onProblem(error);
        await options.clock.sleep(PAUSE_MS, signal);
      }
    }
  }

  async #until(limit: number): Promise<void> {
    await abortable(this.#parts.mark.until(limit), this.#parts.stopping);
  }
}

/** Returns the position of the event that has failed, if the error of a batch has a `position` that names one. */
function failedAt(error: unknown, batch: readonly StoredEvent[]): Position | undefined {
  const named = error instanceof Error ? (error as { readonly position?: unknown }).position : undefined;
  return batch.find(({ position }) => position === named)?.position;
}

/** Estimates the size of a page, from one of its events. */
function estimatedSize(events: readonly StoredEvent[]): number {
  const [first] = events;
  return first === undefined ? 0 : JSON.stringify(first.event).length * events.length;
}
