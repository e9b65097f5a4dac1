import type { Position } from "@aether/core";

/** An event between the mark and the last event that was read. */
export interface MarkEntry {
  position: Position;
  isDone: boolean;
  /** Timestamp of the event; `undefined` for the end of a page. */
  readonly timestamp: string | undefined;
}

/** Number of entries before the mark that are kept, so that they are not removed one by one. */
const COMPACTED_ENTRIES = 1_024;

/** The position up to which every event is done. Events may be done in any order. */
export class LowWaterMark {
  readonly #onAdvance: () => void;
  #position: Position | undefined;
  #entries: MarkEntry[] = [];
  #first = 0;
  #waiters: { readonly limit: number; readonly resume: () => void }[] = [];

  /** @param onAdvance - called after the mark has moved */
  constructor(position: Position | undefined, onAdvance: () => void) {
    this.#position = position;
    this.#onAdvance = onAdvance;
  }

  /** Everything up to here is done. `undefined` at the beginning. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Number of entries after the mark. */
  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** Number of entries that are not done. */
  get waiting(): number {
    let count = 0;
    for (let index = this.#first; index < this.#entries.length; index++) if (!this.#entries[index]?.isDone) count++;
    return count;
  }

  /** Timestamp of the first event that is not done. */
  get oldestTimestamp(): string | undefined {
    return this.#entries[this.#first]?.timestamp;
  }

  /** Adds the next event. */
  enter(position: Position, timestamp: string): MarkEntry {
    const entry = { position, isDone: false, timestamp };
    this.#entries.push(entry);
    return entry;
  }

  /** Notes that everything up to a position was read. It is done as soon as the events before it are. */
  pass(position: Position): void {
    const last = this.#entries.at(-1);
    if (this.size === 0) this.#moveTo(position);
    else if (last?.isDone) last.position = position;
    else this.#entries.push({ position, isDone: true, timestamp: undefined });
  }

  /** Notes that an event is done. */
  done(entry: MarkEntry): void {
    entry.isDone = true;
    let reached: Position | undefined;
    for (let next = this.#entries[this.#first]; next?.isDone; next = this.#entries[this.#first]) {
      reached = next.position;
      this.#first++;
    }
    if (reached === undefined) return;
    if (this.#first > COMPACTED_ENTRIES) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    this.#moveTo(reached);
  }

  /** Resolves as soon as at most `limit` entries are after the mark. */
  async until(limit: number): Promise<void> {
    if (this.size > limit) await new Promise<void>((resume) => this.#waiters.push({ limit, resume }));
  }

  #moveTo(position: Position): void {
    this.#position = position;
    if (this.#waiters.length > 0) {
      const ready = this.#waiters.filter(({ limit }) => this.size <= limit);
      this.#waiters = this.#waiters.filter(({ limit }) => this.size > limit);
      for (const { resume } of ready) resume();
    }
    this.#onAdvance();
  }
}
