/** An unbounded queue with one reader, as a minimal replacement for a subscription. */
export class HandWrittenQueue<Item> implements AsyncIterable<Item, undefined, undefined> {
  #waiting: Item[] = [];
  #next = 0;
  #taker: ((result: IteratorResult<Item, undefined>) => void) | undefined;

  push(item: Item): void {
    const taker = this.#taker;
    if (taker === undefined) {
      this.#waiting.push(item);
      return;
    }
    this.#taker = undefined;
    taker({ done: false, value: item });
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, undefined, undefined> {
    return {
      next: () => this.#take(),
      return: async () => ({ done: true, value: undefined }),
    };
  }

  #take(): Promise<IteratorResult<Item, undefined>> {
    if (this.#next < this.#waiting.length) {
      return Promise.resolve({ done: false, value: this.#waiting[this.#next++] as Item });
    }
    this.#waiting = [];
    this.#next = 0;
    return new Promise((resolve) => {
      this.#taker = resolve;
    });
  }
}
