import { isAetherError } from "@aether/core";
import type { StreamWatch } from "../stream/stream-watch.ts";

/** Minimum time between two questions to the leader, in milliseconds. */
const ASK_MS = 100;

/** The last sequence of the stream, which the leader has named since the current page was requested. */
export class LeaderGoal {
  readonly #watch: StreamWatch;
  readonly #timeoutMs: number;
  readonly #onAnswer: () => void;
  #sequence: number | undefined;
  #isAsking = false;
  #isWanted = false;
  #askedMs = Number.NEGATIVE_INFINITY;
  #answeredMs = Number.NEGATIVE_INFINITY;
  /** Number of pages so far. An answer to a question from an earlier page is ignored. */
  #page = 0;
  #failure: unknown;

  /** @param onAnswer - called after each answer */
  constructor(watch: StreamWatch, ackTimeoutMs: number, onAnswer: () => void) {
    this.#watch = watch;
    this.#timeoutMs = Math.ceil(ackTimeoutMs / 3);
    this.#onAnswer = onAnswer;
  }

  /** The leader's last sequence; `undefined` if it is not known. */
  get sequence(): number | undefined {
    return this.#sequence;
  }

  /** Time of the latest answer, on the clock of `performance`. */
  get answeredMs(): number {
    return this.#answeredMs;
  }

  /** True if everything up to the leader's last sequence is below a sequence. */
  isReachedBefore(next: number): boolean {
    return this.#sequence !== undefined && this.#sequence < next;
  }

  set(sequence: number): void {
    this.#sequence = sequence;
    this.#askedMs = performance.now();
  }

  /** Forgets the answer, for the next page. */
  forget(): void {
    this.#sequence = undefined;
    this.#isWanted = false;
    this.#page++;
  }

  /** Asks the leader, unless it was asked a moment ago. Does not wait. */
  ask(): void {
    this.#isWanted = true;
    if (!this.#isAsking && this.waitMs === 0) void this.#ask();
  }

  /** Time until the leader may be asked, in milliseconds; infinite if no question is waiting. */
  get waitMs(): number {
    if (!this.#isWanted || this.#isAsking) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#askedMs + ASK_MS - performance.now());
  }

  /** @throws `AETHER_STREAM_RESET` */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #ask(): Promise<void> {
    const page = this.#page;
    this.#isAsking = true;
    this.#askedMs = performance.now();
    try {
      const { state } = await this.#watch.verify(this.#timeoutMs);
      if (page === this.#page) this.#sequence = state.last_seq;
      this.#answeredMs = performance.now();
    } catch (error) {
      // Other errors pass, or the consumer meets them too.
      if (isAetherError(error)) this.#failure = error;
    }
    this.#isAsking = false;
    this.#onAnswer();
  }
}
