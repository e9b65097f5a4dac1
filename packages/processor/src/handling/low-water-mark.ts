import type { Position } from "@aether/core";
import type { HandledAhead } from "../state/partition-record.ts";

/** An event that was read and is not done. */
export interface MarkEntry {
  readonly position: Position;
  readonly timestamp: string;
  /** Everything between this position and the event was passed over. `undefined` is the beginning. */
  readonly after: Position | undefined;
}

/** An entry in the list of those that are not done. */
interface ListedEntry extends MarkEntry {
  isDone: boolean;
  previous: ListedEntry | undefined;
  next: ListedEntry | undefined;
}

/** Maximum number of positions in a `HandledAhead`, which limits the size of the document that contains it. */
const MAX_OPEN = 100;

/**
 * The position up to which every event is done, and which later events are done, too. Events may be done in any order.
 * Only those that are not done need memory.
 */
export class LowWaterMark {
  readonly #onAdvance: () => void;
  /** The events after the mark that a former owner has handled. */
  readonly #former: HandledAhead | undefined;
  #position: Position | undefined;
  #readUpTo: Position | undefined;
  #size = 0;
  #first: ListedEntry | undefined;
  #last: ListedEntry | undefined;
  #waiters: { readonly limit: number; readonly resume: () => void }[] = [];

  /**
   * @param former - the events after the mark that are done at the beginning
   * @param onAdvance - called after the mark has moved
   */
  constructor(position: Position | undefined, former: HandledAhead | undefined, onAdvance: () => void) {
    this.#position = position;
    this.#readUpTo = position;
    this.#former = former;
    this.#onAdvance = onAdvance;
  }

  /** Everything up to here is done. `undefined` at the beginning. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Number of events that were read and are not done. */
  get size(): number {
    return this.#size;
  }

  /** Timestamp of the first event that is not done. */
  get oldestTimestamp(): string | undefined {
    return this.#first?.timestamp;
  }

  /** The events after the mark that are done. `undefined` if there are none, as far as it can be said. */
  get ahead(): HandledAhead | undefined {
    const former = this.#former;
    if (former !== undefined && !isAt(this.#readUpTo, former.upTo)) return this.#aheadOf(former);
    const open: ListedEntry[] = [];
    let upTo = this.#readUpTo;
    for (let entry = this.#first; entry !== undefined; entry = entry.next) {
      if (open.length === MAX_OPEN) {
        upTo = entry.after;
        break;
      }
      open.push(entry);
    }
    // Events at the end that are not done need not be named.
    for (let last = open.at(-1); last !== undefined && last.position === upTo; last = open.at(-1)) {
      upTo = last.after;
      open.pop();
    }
    if (open.length === 0 || upTo === undefined) return undefined;
    return { upTo, open: open.map(({ position }) => position) };
  }

  /** Adds the next event that was read. */
  enter(position: Position, timestamp: string): MarkEntry {
    const previous = this.#last;
    const entry: ListedEntry = {
      position,
      timestamp,
      after: this.#readUpTo,
      isDone: false,
      previous,
      next: undefined,
    };
    if (previous === undefined) this.#first = entry;
    else previous.next = entry;
    this.#last = entry;
    this.#size++;
    this.#readUpTo = position;
    return entry;
  }

  /** Notes that everything up to a position was read, and needs not be handled if it was not entered. */
  pass(position: Position): void {
    this.#readUpTo = position;
    if (this.#first === undefined) this.#moveTo(position);
  }

  /** Notes that an event is done. */
  done(entry: MarkEntry): void {
    const listed = entry as ListedEntry;
    if (listed.isDone) return;
    listed.isDone = true;
    const { previous, next } = listed;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#size--;
    this.#resumeWaiters();
    if (previous === undefined) this.#moveTo(next === undefined ? this.#readUpTo : next.after);
  }

  /** Resolves as soon as at most `limit` events are not done. */
  async until(limit: number): Promise<void> {
    if (this.#size > limit) await new Promise<void>((resume) => this.#waiters.push({ limit, resume }));
  }

  /** Returns which of the events that a former owner has read are done, before all of them are read again. */
  #aheadOf({ upTo, open }: HandledAhead): HandledAhead {
    const read: Position[] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.next) read.push(entry.position);
    return { upTo, open: [...read, ...open.filter((position) => !isAt(this.#readUpTo, position))] };
  }

  #moveTo(position: Position | undefined): void {
    this.#position = position;
    this.#onAdvance();
  }

  #resumeWaiters(): void {
    if (this.#waiters.length === 0) return;
    const ready = this.#waiters.filter(({ limit }) => this.#size <= limit);
    this.#waiters = this.#waiters.filter(({ limit }) => this.#size > limit);
    for (const { resume } of ready) resume();
  }
}

/** Returns true if a read has reached a position. */
function isAt(readUpTo: Position | undefined, position: Position): boolean {
  return readUpTo !== undefined && readUpTo >= position;
}
