/** What a store has under way, so that closing can wait for it. */
export class Underway {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** Runs something that closing waits for. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#count++;
    try {
      return await work();
    } finally {
      if (--this.#count === 0) for (const resolve of this.#waiting) resolve();
    }
  }

  /** Resolves when nothing is under way. */
  async drained(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
