/** What a store has under way, so that closing can wait for it. */
export class Underway {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** Closing waits for what begins here until it ends. */
  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count === 0) for (const resolve of this.#waiting) resolve();
  }

  /** Runs something that closing waits for. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
