import { onAbort } from "@aether/core";

/**
 * Changes that a loop over a watch has not received yet: the last one of each document. So a slow loop needs no more
 * memory than there are documents.
 *
 * @example
 * ```ts
 * const queue = new ChangeQueue<string>();
 * queue.add("cart-1", "put");
 * const change = await queue.next(AbortSignal.timeout(1_000)); // "put"
 * ```
 */
export class ChangeQueue<Change> {
  readonly #changes = new Map<string, Change>();
  #wake = (): void => {};

  /** Adds the change of a document. It replaces an earlier one that the loop has not received. */
  add(id: string, change: Change): void {
    this.#changes.set(id, change);
    this.#wake();
  }

  /** Removes the oldest change and returns it, or waits for one. @throws `signal.reason` */
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
