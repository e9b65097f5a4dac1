interface Held<Item> {
  readonly item: Item;
  settle(sent: Promise<void>): void;
}

/** What waits, in order, for the connection to come back. */
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

  /** Keeps an item. Settles as its release does; an abort takes it out, and rejects with the reason. */
  hold(item: Item, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const held: Held<Item> = {
        item,
        settle: (sent) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(sent);
        },
      };
      const onAbort = (): void => {
        if (this.#waiting.delete(held)) reject(signal?.reason);
      };
      this.#waiting.add(held);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets go of everything, in order. */
  release(send: (item: Item) => Promise<void>): void {
    for (const held of this.#waiting) {
      this.#waiting.delete(held);
      held.settle(send(held.item));
    }
  }
}
