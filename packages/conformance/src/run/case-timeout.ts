import { ConformanceError } from "../checks/conformance-error.ts";
import { nextTurn } from "../checks/next-turn.ts";
import type { CallTracker } from "../instrument/call-tracker.ts";

/** Less than the timeout of vitest, 5,000 ms, because vitest cannot name the pending calls. */
export const DEFAULT_TIMEOUT_MS = 4_000;

/** If the last answer is at most this share of the time limit ago, the store is slow. Otherwise it has stopped. */
const RECENT = 0.1;

/** Time that each close is allowed at least, even if the case has used all its time. */
const MIN_CLOSING_MS = 100;

/** Number of turns of the event loop in which a condition is checked. After that, it is checked every millisecond. */
const EAGER_TURNS = 50;

const oneMs = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Limits the total duration of a case and of closing its stores or buses. Its error names the pending calls. */
export class CaseTimeout {
  readonly #ms: number;
  readonly #tracker: CallTracker;
  #deadlineMs: number | undefined;
  #awaited: string | undefined;
  #isOver = false;

  constructor(tracker: CallTracker, ms: number = DEFAULT_TIMEOUT_MS) {
    this.#tracker = tracker;
    this.#ms = ms;
  }

  /**
   * Runs the work and settles as the work does. The first call starts the time. Later calls share the remaining time.
   *
   * @throws {@link ConformanceError} when the work takes too long
   */
  async limit(guarantee: string, work: () => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#deadlineMs ??= performance.now() + this.#ms;
    const remainingMs = Math.max(this.#deadlineMs - performance.now(), MIN_CLOSING_MS);
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#error(guarantee)), remainingMs);
    });
    try {
      await Promise.race([work(), expiry]);
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Resolves when the condition is true, or after the time limit. */
  async waitFor(awaited: string, condition: () => boolean): Promise<void> {
    this.#awaited = awaited;
    for (let turns = 0; !condition() && !this.#isOver; turns++) await (turns < EAGER_TURNS ? nextTurn() : oneMs());
    this.#awaited = undefined;
  }

  #error(guarantee: string): ConformanceError {
    const awaited = this.#awaited === undefined ? "still waiting" : `still waiting for ${this.#awaited}`;
    return new ConformanceError({
      guarantee,
      given: this.#tracker.pending ?? `the case "${guarantee}"`,
      expected: `settles within ${this.#ms} ms (caseTimeoutMs)`,
      actual: `${awaited}: ${this.#progress()}`,
    });
  }

  /** Says whether the case is slow or has stopped answering, and which call was answered last. */
  #progress(): string {
    const last = this.#tracker.lastAnswer;
    if (last === undefined) return "no call was answered";
    const agoMs = Math.round(performance.now() - last.atMs);
    const calls = last.count === 1 ? "1 call was answered" : `${last.count.toLocaleString("en")} calls were answered`;
    const verdict =
      agoMs <= this.#ms * RECENT ? "the store is slow: raise caseTimeoutMs" : "the store has stopped answering";
    return `${calls}, the last one ${agoMs.toLocaleString("en")} ms ago; ${verdict} (last answer: ${last.call})`;
  }
}
