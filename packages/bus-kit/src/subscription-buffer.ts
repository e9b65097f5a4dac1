import { RingBuffer } from "./ring-buffer.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** Callbacks of a {@link SubscriptionBuffer}. */
interface BufferListener {
  /** Called with the number of dropped items each time that items are dropped. */
  onDropped(count: number): void;
  /** Called when an item is dropped for the first time since the buffer was last empty. */
  onOverflow(): void;
}

/** Buffer for the events that wait in one subscription. The `overflow` option decides what a full buffer does. */
export class SubscriptionBuffer<Item> {
  readonly #waiting: RingBuffer<Item>;
  readonly #overflow: SubscriptionRequest["overflow"];
  readonly #listener: BufferListener;
  #isOverflowing = false;

  constructor(
    { bufferSize, overflow }: Pick<SubscriptionRequest, "bufferSize" | "overflow">,
    listener: BufferListener,
  ) {
    this.#waiting = new RingBuffer(bufferSize);
    this.#overflow = overflow;
    this.#listener = listener;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Adds an item. If the buffer is full, drops its oldest item or the new one. Returns false if the buffer is full and
   * `overflow` is `"error"`.
   */
  push(item: Item): boolean {
    if (!this.#waiting.isFull) {
      this.#waiting.push(item);
      return true;
    }
    if (this.#overflow === "drop-oldest") {
      this.#waiting.shift();
      this.#waiting.push(item);
    }
    this.#listener.onDropped(1);
    if (this.#overflow === "error") return false;
    if (!this.#isOverflowing) {
      this.#isOverflowing = true;
      this.#listener.onOverflow();
    }
    return true;
  }

  /** Removes and returns the oldest item, or returns `undefined` if the buffer is empty. */
  shift(): Item | undefined {
    const item = this.#waiting.shift();
    if (this.#waiting.size === 0) this.#isOverflowing = false;
    return item;
  }

  /** Drops every item. */
  discard(): void {
    const discarded = this.#waiting.clear();
    if (discarded > 0) this.#listener.onDropped(discarded);
  }
}
