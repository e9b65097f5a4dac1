import { ConformanceError } from "../checks/conformance-error.ts";

/** Bounds the time of a case, and knows what it waits for. */
export class Patience {
  readonly #ms: number;
  #waitingFor: string | undefined;
  #isOver = false;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Settles as the work does. @throws {@link ConformanceError} when that takes too long */
  async spend(promise: string, work: () => Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#tooLong(promise)), this.#ms);
    });
    try {
      await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
      this.#isOver = true;
    }
  }

  /** Resolves when the condition holds. */
  async until(waitingFor: string, condition: () => boolean): Promise<void> {
    this.#waitingFor = waitingFor;
    while (!condition() && !this.#isOver) await new Promise((resolve) => setTimeout(resolve, 1));
    this.#waitingFor = undefined;
  }

  #tooLong(promise: string): ConformanceError {
    const actual = this.#waitingFor === undefined ? "it waits still" : `it waits still for ${this.#waitingFor}`;
    return new ConformanceError({
      promise,
      given: `the case "${promise}"`,
      expected: `it is over within ${this.#ms} ms`,
      actual,
    });
  }
}
