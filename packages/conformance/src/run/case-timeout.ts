import { ConformanceError } from "../checks/conformance-error.ts";
import type { CallTracker } from "../instrument/call-tracker.ts";

/** Less than vitest's 5,000 ms, because vitest cannot name what the test is waiting for. */
const DEFAULT_TIMEOUT_MS = 4_000;

/** Minimum time for closing, even if the case has used up its own time. */
const MIN_CLOSING_MS = 100;

/** Limits the duration of a case and of the clean-up after it. Its error names what the case was waiting for. */
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
   * Settles as the work does. The time starts with the first call; later calls share the rest of it.
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

  /** Resolves when the condition is true, or when the time is over. */
  async waitFor(awaited: string, condition: () => boolean): Promise<void> {
    this.#awaited = awaited;
    while (!condition() && !this.#isOver) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#awaited = undefined;
  }

  #error(guarantee: string): ConformanceError {
    return new ConformanceError({
      guarantee,
      given: this.#tracker.pending ?? `the case "${guarantee}"`,
      expected: `an end within ${this.#ms} ms (caseTimeoutMs)`,
      actual: this.#awaited === undefined ? "still waiting" : `still waiting for ${this.#awaited}`,
    });
  }
}
