import { onAbort } from "@aether/core";

interface Held<Item> {
  readonly item: Item;
  settle(sent: Promise<void>): void;
}

/** Items that wait, in order, until the connection is back. */
export class HeldEvents<Item> {
  readonly #limit: number;
  readonly #waiting = new Set<Held<Item>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#limit;
  }

  /**
   * Holds an item until `release` sends it. The promise settles in the same way as the promise that sending returns.
   * If the signal is aborted first, the item is removed and the promise rejects with the signal's reason.
   */
  hold(item: Item, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const held: Held<Item> = {
        item,
        settle: (sent) => {
          stopListening?.();
          resolve(sent);
        },
      };
      this.#waiting.add(held);
      const stopListening =
        signal &&
        onAbort(signal, () => {
          if (this.#waiting.delete(held)) reject(signal.reason);
        });
    });
  }

  /** Removes all items and sends each of them, in order. */
  release(send: (item: Item) => Promise<void>): void {
    for (const held of this.#waiting) {
      this.#waiting.delete(held);
      held.settle(send(held.item));
    }
  }
}
