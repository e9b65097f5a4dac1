import { onAbort } from "@aether/core";

/** Changes that a loop has not received yet: the last one of each document. */
export class ChangeQueue<Change> {
  readonly #changes = new Map<string, Change>();
  #wake = (): void => {};

  add(id: string, change: Change): void {
    this.#changes.set(id, change);
    this.#wake();
  }

  /** Waits for a change. @throws `signal.reason` */
  async next(signal: AbortSignal): Promise<Change> {
    for (;;) {
      signal.throwIfAborted();
      for (const [id, change] of this.#changes) {
        this.#changes.delete(id);
        return change;
      }
      await new Promise<void>((resolve) => {
        const stopListening = onAbort(signal, resolve);
        this.#wake = (): void => {
          stopListening();
          resolve();
        };
      });
    }
  }
}
