import {
  type Event,
  type FeedPage,
  onAbort,
  type Position,
  type SaveReceipt,
  type StoredEvent,
  StreamResetError,
} from "@aether/core";
import { formatPosition, type OpenFeedRange, type PositionParts, receiptOf, recordStamp } from "@aether/store-kit";
import { newIncarnation } from "./incarnation.ts";

/** Maximum number of events in a page, unless a single batch has more. */
const PAGE_EVENTS = 1_000;

/**
 * All events in the order in which they were stored. Each save is a record: the sequence in a position is the number of
 * the save.
 */
export class EventLog<E extends Event> {
  /** Identifier of the log, for its positions. */
  readonly #incarnation = newIncarnation();
  readonly #events: StoredEvent<E>[] = [];
  /** The sequence of each event's record. */
  readonly #sequences: number[] = [];
  readonly #waiting = new Set<() => void>();

  get lastPosition(): Position | undefined {
    return this.#events.at(-1)?.position;
  }

  /** Appends the events of one save. */
  append(events: readonly E[]): readonly SaveReceipt[] {
    const sequence = (this.#sequences.at(-1) ?? 0) + 1;
    const stamp = recordStamp(events[0]?.id ?? "");
    const receipts = events.map((event, index) => {
      const position = formatPosition({ sequence, index, incarnation: this.#incarnation, stamp });
      this.#events.push(Object.freeze({ event, position }));
      this.#sequences.push(sequence);
      return receiptOf(event, position);
    });
    for (const resume of this.#waiting) resume();
    return receipts;
  }

  /** Yields pages as the options request. @throws `AETHER_STREAM_RESET`, `signal.reason` */
  async *read({ after, follow, signal, accepts }: OpenFeedRange): AsyncGenerator<FeedPage<E>, void, undefined> {
    let next = after === undefined ? 0 : this.#indexAfter(after);
    const end = this.#events.length;
    let position = this.#events[next - 1]?.position;
    let isFirst = true;
    for (;;) {
      const isAtEnd = next >= this.#events.length;
      if (isAtEnd && !isFirst) {
        await this.#changed(signal);
        continue;
      }
      const pageEnd = Math.min(this.#pageEnd(next), follow ? this.#events.length : end);
      const page = this.#events.slice(next, pageEnd);
      position = page.at(-1)?.position ?? position;
      next = pageEnd;
      const isCaughtUp = next === this.#events.length || (!follow && next === end);
      const events = accepts === undefined ? page : page.filter(({ event }) => accepts(event));
      if (events.length > 0 || isCaughtUp) {
        isFirst = false;
        yield Object.freeze({ events: Object.freeze(events), errors: NO_ERRORS, position, isCaughtUp });
      }
      if (!follow && next >= end) return;
    }
  }

  clear(): void {
    this.#events.length = 0;
    this.#sequences.length = 0;
  }

  /** The index at which a page that starts at `start` ends. */
  #pageEnd(start: number): number {
    let end = Math.min(start + PAGE_EVENTS, this.#events.length);
    while (end < this.#events.length && this.#sequences[end] === this.#sequences[end - 1]) end++;
    return end;
  }

  /** The index of the first event after a position. @throws `AETHER_STREAM_RESET` */
  #indexAfter(after: PositionParts): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sequences[middle] ?? 0) < after.sequence) low = middle + 1;
      else high = middle;
    }
    const index = low + after.index;
    if (this.#events[index]?.position !== formatPosition(after)) {
      throw new StreamResetError({
        streamName: "memory",
        reason: "the position is not from this store, which has forgotten all events of earlier stores",
      });
    }
    return index + 1;
  }

  /** Resolves after the next save. @throws `signal.reason` */
  async #changed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(settle);
        stopListening();
        if (signal.aborted) reject(signal.reason);
        else resolve();
      };
      this.#waiting.add(settle);
      const stopListening = onAbort(signal, settle);
    });
  }
}

const NO_ERRORS: FeedPage["errors"] = Object.freeze([]);
