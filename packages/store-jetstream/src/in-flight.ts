/** Counts the calls in flight, so that closing the store can wait for them. */
export class InFlight {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) for (const resolve of this.#waiting) resolve();
  }

  /** Runs a call, and counts it as in flight until it ends. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await call();
    } finally {
      this.end();
    }
  }

  /** Resolves once no call is in flight. */
  async drained(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
