import { type Event, isAetherError, type Position, type StoredEvent } from "@aether/core";
import type { Task } from "../handling/actor-queues.ts";
import type { Attempts, WorkEnd } from "../handling/attempts.ts";
import type { Counters } from "../handling/counters.ts";
import type { MarkEntry } from "../handling/low-water-mark.ts";
import type { ResolvedOptions } from "../processor-options.ts";
import { describeError, type ParkRecord } from "../state/park-index.ts";
import type { ParkBook } from "./park-book.ts";
import { parkRecordOf } from "./park-record-of.ts";

/** Interval in which a retry looks whether the partition's own read has advanced, in milliseconds. */
const CHECK_MS = 20;
/** Pause before the feed is read again after an error, in milliseconds. */
const PAUSE_MS = 500;

export interface ParkedRetriesParts<E extends Event> {
  readonly options: ResolvedOptions<E>;
  /** Partition to read; `undefined` for all. */
  readonly partition: number | undefined;
  readonly parks: ParkBook;
  readonly attempts: Attempts;
  readonly counters: Counters;
  readonly stopping: AbortSignal;
  /** Position of the last event that the partition's own read has passed on. */
  readonly readUpTo: () => Position | undefined;
  /** Handles an event after the earlier ones of its actor. */
  readonly resume: (task: Task<E>) => void;
  /** Notes that an event needs not be handled by the partition's own read. */
  readonly skip: (entry: MarkEntry) => void;
  /** Called when the parked actors have changed. */
  readonly onChange: () => void;
  /** Called with an error that ends the run. */
  readonly onFailure: (error: unknown) => void;
}

/** Result of reading a parked actor's events. */
type Retry<E extends Event> =
  | { readonly status: "reached" | "stopped" }
  | {
      readonly status: "failed";
      readonly stored: StoredEvent<E>;
      readonly end: Extract<WorkEnd, { status: "failed" }>;
    };

/** Maximum number of actors that are retried at the same time, because each reads the feed on its own. */
const MAX_RETRIES = 8;

/**
 * Carries out the requests to handle parked actors again. An actor's events are read from the store, while the
 * partition's own read skips them. Once the two reads are close, new events of the actor are held back until the retry
 * has reached them. Then the actor is no longer parked.
 */
export class ParkedRetries<E extends Event> {
  readonly #parts: ParkedRetriesParts<E>;
  /** The retries that are running, by actor. */
  readonly #running = new Map<string, Promise<void>>();
  /** The new events that are held back, by actor. */
  readonly #held = new Map<string, Task<E>[]>();

  constructor(parts: ParkedRetriesParts<E>) {
    this.#parts = parts;
  }

  /** Begins to carry out the requests that are stored. */
  check(): void {
    const { parks, stopping, options } = this.#parts;
    for (const record of parks.records) {
      if (stopping.aborted || this.#running.size >= Math.min(MAX_RETRIES, options.concurrency)) return;
      const { actorId, request } = record;
      if (request !== null && !this.#running.has(actorId)) this.#running.set(actorId, this.#carryOut(record));
    }
  }

  /** Holds back an event if its actor is about to continue. Returns true if it does. */
  hold(task: Task<E>): boolean {
    const tasks = this.#held.get(task.stored.event.actorId);
    tasks?.push(task);
    return tasks !== undefined;
  }

  /** Resolves once no retry is running. Call it after the run was stopped. */
  async untilStopped(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Carries out a request, and begins with the next one. Never rejects. */
  async #carryOut(record: ParkRecord): Promise<void> {
    const { stopping, onFailure } = this.#parts;
    try {
      await this.#carryOutOne(record);
    } catch (error) {
      if (!stopping.aborted) onFailure(error);
    }
    this.#running.delete(record.actorId);
    this.check();
  }

  async #carryOutOne(record: ParkRecord): Promise<void> {
    const { parks, onChange, resume, skip, options, stopping } = this.#parts;
    const { actorId } = record;
    let held: readonly Task<E>[] = [];
    const letGo = (): void => {
      held = this.#held.get(actorId) ?? [];
      this.#held.delete(actorId);
    };
    try {
      const retry = await this.#retry(record);
      if (retry.status === "stopped") return;
      if (retry.status === "failed") {
        await parks.put(parkRecordOf(retry.stored, retry.end, this.#progressOf(record)));
        letGo();
        for (const { entry } of held) skip(entry);
      } else {
        await parks.remove(actorId);
        letGo();
        for (const task of held) resume(task);
      }
    } catch (error) {
      if (stopping.aborted) throw error;
      // The actor remains parked, so the next retry reads the events that were held back.
      letGo();
      for (const { entry } of held) skip(entry);
      if (isAetherError(error, "AETHER_STORE_UNAVAILABLE")) {
        await options.clock.sleep(PAUSE_MS, stopping);
        return;
      }
      // For example, the events have expired.
      await parks.put({ ...(parks.get(actorId) ?? record), error: describeError(error), request: null });
    }
    onChange();
  }

  #progressOf(record: ParkRecord): Position | null {
    return this.#parts.parks.get(record.actorId)?.after ?? record.after;
  }

  /** Handles the events of a parked actor until the partition's own read can continue. */
  async #retry(record: ParkRecord): Promise<Retry<E>> {
    const { parks } = this.#parts;
    const { actorId } = record;
    /** The last event that this retry has handled. */
    let progress: Position | undefined;
    const storeProgress = async (): Promise<void> => {
      if (progress !== undefined) await parks.put({ ...(parks.get(actorId) ?? record), after: progress });
    };
    const onDone = (position: Position): void => {
      progress = position;
    };
    try {
      const retry = await this.#handleEvents(record, { onDone, storeProgress });
      if (retry.status === "stopped") await storeProgress();
      return retry;
    } catch (error) {
      await storeProgress();
      throw error;
    }
  }

  async #handleEvents(
    record: ParkRecord,
    {
      onDone,
      storeProgress,
    }: { readonly onDone: (position: Position) => void; readonly storeProgress: () => Promise<void> },
  ): Promise<Retry<E>> {
    const { options, partition, attempts, counters, stopping } = this.#parts;
    const { store, filters, clock, handle } = options;
    const { actorId, request } = record;
    const hasProgress = record.after !== null && record.after > record.position;
    /** The last event that is done; at the beginning, the one that has failed. */
    let last = hasProgress ? (record.after as Position) : record.position;
    // A discarded event need not be read: it may have expired.
    const after = request === "discard" ? last : (record.after ?? undefined);
    let storedMs = clock.now();
    let until: Position | "" | undefined;
    await this.#untilReadUpTo(last);
    const range = { eventTypes: filters.eventTypes, actorIdPrefix: actorId, partition, after, follow: true };
    for await (const page of store.readFeed({ ...range, signal: stopping })) {
      for (const stored of page.events) {
        const { event, position } = stored;
        if (event.actorId !== actorId || position < record.position) continue;
        if (until !== undefined && position > until) break;
        const work = {
          actorId,
          position,
          call: (context: Parameters<NonNullable<typeof handle>>[1]) => handle?.(event, context),
        };
        const end = await attempts.all(work);
        if (end.status === "stopped") return { status: "stopped" };
        if (end.status === "failed") return { status: "failed", stored, end };
        counters.handled(1);
        last = position;
        onDone(position);
        if (clock.now() - storedMs < options.checkpointMs) continue;
        storedMs = clock.now();
        await storeProgress();
      }
      if (until === undefined && page.isCaughtUp) {
        await this.#untilReadUpTo(last);
        until = this.#parts.readUpTo() ?? "";
        this.#held.set(actorId, []);
      }
      if (until !== undefined && (page.position ?? "") >= until) return { status: "reached" };
    }
    return { status: "stopped" };
  }

  /** Waits until the partition's own read has passed an event, so that it does not handle it again. */
  async #untilReadUpTo(position: Position): Promise<void> {
    const { readUpTo, options, stopping } = this.#parts;
    while ((readUpTo() ?? "") < position) await options.clock.sleep(CHECK_MS, stopping);
  }
}
