import { abortable } from "@aether/core";

/** A read that several callers share. If all of them abort, the read is aborted. */
export class SharedRead<Result> {
  /** Moment at which the read began; `undefined` before. */
  begunAt: number | undefined;
  readonly #controller = new AbortController();
  readonly #promise: Promise<Result>;
  #start: (work: Promise<Result>) => void = () => {};
  #waiting = 0;

  constructor() {
    this.#promise = new Promise((resolve) => {
      this.#start = resolve;
    });
    // Callers that abort do not wait for the outcome.
    this.#promise.catch(() => {});
  }

  /** True if all callers have aborted. The read may still be in flight. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Begins the read at a moment. */
  begin(moment: number, read: (signal: AbortSignal) => Promise<Result>): void {
    this.begunAt = moment;
    this.#start(read(this.#controller.signal));
  }

  /** Resolves to the result of the read. @throws `signal.reason`, and the errors of the read */
  async wait(signal: AbortSignal | undefined): Promise<Result> {
    this.#waiting++;
    try {
      return await abortable(this.#promise, signal);
    } finally {
      if (--this.#waiting === 0) this.#controller.abort();
    }
  }
}
