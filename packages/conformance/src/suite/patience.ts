import { ConformanceError } from "../checks/conformance-error.ts";

/** Less than the 5,000 ms after which vitest ends a test without knowing what it waited for. */
const DEFAULT_PATIENCE_MS = 4_000;

/** What closing gets at least, also when a case has used up all the time. */
const CLOSING_MS = 100;

/** Bounds the time of a case and of the closing after it, and knows what it waits for. */
export class Patience {
  readonly #ms: number;
  readonly #deadlineMs: number;
  readonly #callsUnderWay = new Set<{ readonly call: string }>();
  #waitingFor: string | undefined;
  #isOver = false;

  constructor(ms: number = DEFAULT_PATIENCE_MS) {
    this.#ms = ms;
    this.#deadlineMs = performance.now() + ms;
  }

  /** Settles as the work does. @throws {@link ConformanceError} when that takes too long */
  async spend(promise: string, work: () => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leftMs = Math.max(this.#deadlineMs - performance.now(), CLOSING_MS);
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#tooLong(promise)), leftMs);
    });
    try {
      await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Settles as a call does, which is under way until then. */
  async during<T>(call: string, result: PromiseLike<T>): Promise<T> {
    const underWay = { call };
    this.#callsUnderWay.add(underWay);
    try {
      return await result;
    } finally {
      this.#callsUnderWay.delete(underWay);
    }
  }

  /** Resolves when the condition holds. */
  async until(waitingFor: string, condition: () => boolean): Promise<void> {
    this.#waitingFor = waitingFor;
    while (!condition() && !this.#isOver) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#waitingFor = undefined;
  }

  #tooLong(promise: string): ConformanceError {
    const [first, ...others] = this.#callsUnderWay;
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return new ConformanceError({
      promise,
      given: first === undefined ? `the case "${promise}"` : `${first.call}${more}`,
      expected: `it is over within ${this.#ms} ms (patienceMs)`,
      actual: this.#waitingFor === undefined ? "it waits still" : `it waits still for ${this.#waitingFor}`,
    });
  }
}
