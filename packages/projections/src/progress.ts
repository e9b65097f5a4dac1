import type { Position } from "@aether/core";
import { parsePosition } from "@aether/store-kit";

/** Progress of a projection, for example of a rebuild. It contains only JSON values. */
export interface ProjectionProgress {
  /**
   * Position up to which everything is handled: the lowest one of the partitions of this process. `undefined` at the
   * beginning, and if this process has no partition.
   */
  readonly position: Position | undefined;
  /** Position of the last event in the store; `undefined` if it has none. */
  readonly latestPosition: Position | undefined;
  /** True if everything in the store is handled. */
  readonly isCaughtUp: boolean;
  /** Part of the store that is handled, from 0 to 1; `undefined` if the positions of the store do not show it. */
  readonly share: number | undefined;
  /** Number of stored records that were passed per second, over the last ten seconds. Skipped events count. */
  readonly recordsPerSecond: number;
  /** Estimated time until everything is handled, in milliseconds; `undefined` if it is unknown. */
  readonly remainingMs: number | undefined;
}

const WINDOW_MS = 10_000;
const INTERVAL_MS = 100;

/** Measures how fast a position moves. */
export class ProgressMeter {
  readonly #now: () => number;
  #samples: { readonly sequence: number; readonly atMs: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** True if a sample is due. */
  get isDue(): boolean {
    return this.#now() - (this.#samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= INTERVAL_MS;
  }

  sample(position: Position | undefined): void {
    const sequence = sequenceOf(position);
    if (sequence === undefined || !this.isDue) return;
    const atMs = this.#now();
    this.#samples = [...this.#samples.filter((each) => atMs - each.atMs <= WINDOW_MS), { sequence, atMs }];
  }

  /** Returns the progress from the current position to the latest one. */
  progress(position: Position | undefined, latestPosition: Position | undefined): ProjectionProgress {
    this.sample(position);
    const isCaughtUp = latestPosition === undefined || (position !== undefined && position >= latestPosition);
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const passed = first === undefined || last === undefined ? 0 : last.sequence - first.sequence;
    const recordsPerSecond = passed > 0 && first && last ? (passed * 1_000) / (last.atMs - first.atMs) : 0;
    const latest = sequenceOf(latestPosition);
    const done = position === undefined ? 0 : sequenceOf(position);
    const hasShare = latest !== undefined && done !== undefined && latest > 0;
    const remaining = hasShare && recordsPerSecond > 0 ? ((latest - done) * 1_000) / recordsPerSecond : undefined;
    return {
      position,
      latestPosition,
      isCaughtUp,
      share: isCaughtUp ? 1 : hasShare ? done / latest : undefined,
      recordsPerSecond,
      remainingMs: isCaughtUp ? 0 : remaining,
    };
  }
}

/** Returns the number of the record at a position; `undefined` if the store has positions of another format. */
function sequenceOf(position: Position | undefined): number | undefined {
  try {
    return position === undefined ? undefined : parsePosition(position, "position").sequence;
  } catch {
    return undefined;
  }
}
