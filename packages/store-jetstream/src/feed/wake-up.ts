/** Lets one reader wait until something has changed, or for a time limit. */
export class WakeUp {
  #wake: (() => void) | undefined;

  /** Ends the wait, if the reader waits. */
  readonly wake = (): void => this.#wake?.();

  /**
   * Waits for a change, an abort or the time limit. Resolves to the time waited, in milliseconds: at most the limit,
   * even if the process was busy meanwhile.
   */
  async wait(limitMs: number, signal: AbortSignal): Promise<number> {
    const beginMs = performance.now();
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", settle);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(settle, limitMs);
      this.#wake = settle;
      signal.addEventListener("abort", settle);
      if (signal.aborted) settle();
    });
    return Math.min(performance.now() - beginMs, limitMs);
  }
}
