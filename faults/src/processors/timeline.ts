import { groupBy } from "./group-by.ts";
import type { OwnedState } from "./processor-history.ts";

interface Entry<State> {
  readonly state: State;
  /** Earliest time when the state had certainly been replaced by another one. */
  readonly replacedMs: number;
}

/**
 * The states of one document, as far as they are known. A state is stored some time after it was sent, and at the
 * latest when a process has learned it.
 */
export class Timeline<State extends OwnedState> {
  readonly #entries: readonly Entry<State>[];
  /** The states that were certainly stored, in the order of the store. */
  readonly stored: readonly State[];

  constructor(states: readonly State[]) {
    this.stored = states
      .filter(({ stored }) => stored !== undefined)
      .sort((one, other) => sequenceOf(one) - sequenceOf(other));
    const entries: Entry<State>[] = [];
    let replacedMs = Number.POSITIVE_INFINITY;
    for (const state of this.stored.toReversed()) {
      entries.push({ state, replacedMs });
      replacedMs = Math.min(replacedMs, state.stored?.atMs ?? replacedMs);
    }
    for (const state of states) {
      if (state.stored !== undefined) continue;
      // A write expects the state before it, so it cannot be stored after one that was sent later.
      const later = this.stored.filter(({ sentMs }) => sentMs > state.sentMs);
      entries.push({ state, replacedMs: Math.min(...later.map(({ stored }) => stored?.atMs ?? 0)) });
    }
    this.#entries = entries;
  }

  /** Returns the states that may have been the current one at a time. */
  possibleAt(ms: number): readonly State[] {
    return this.#entries
      .filter(({ state, replacedMs }) => state.sentMs <= ms && ms < replacedMs)
      .map(({ state }) => state);
  }

  /** Returns the last state that was certainly stored at a time. */
  knownAt(ms: number): State | undefined {
    return this.stored.findLast(({ stored }) => stored !== undefined && stored.atMs <= ms);
  }
}

/** Returns a timeline for each partition. */
export function timelinesOf<State extends OwnedState>(states: readonly State[]): ReadonlyMap<number, Timeline<State>> {
  const byPartition = groupBy(states, ({ partition }) => partition);
  return new Map([...byPartition].map(([partition, each]) => [partition, new Timeline(each)]));
}

function sequenceOf({ stored }: OwnedState): number {
  return stored?.sequence ?? 0;
}
