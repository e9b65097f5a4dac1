import { RingBuffer } from "./ring-buffer.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** What became of an event that was put into an inbox. */
export type Reception = "kept" | "dropped" | "refused";

/**
 * The events that wait in one subscription. It drops what does not fit, or refuses it, as the subscription asked, and
 * counts. A burst of drops lasts until the inbox was empty again.
 */
export class Inbox<Item> {
  readonly #waiting: RingBuffer<Item>;
  readonly #overflow: SubscriptionRequest["overflow"];
  readonly #onDropped: (count: number) => void;
  readonly #onBurst: () => void;
  #bursting = false;

  /**
   * @param onDropped - hears of every item that is lost, for the counters
   * @param onBurst - hears of the first one of a burst
   */
  constructor(
    { bufferSize, overflow }: Pick<SubscriptionRequest, "bufferSize" | "overflow">,
    onDropped: (count: number) => void,
    onBurst: () => void,
  ) {
    this.#waiting = new RingBuffer(bufferSize);
    this.#overflow = overflow;
    this.#onDropped = onDropped;
    this.#onBurst = onBurst;
  }

  get size(): number {
    return this.#waiting.size;
  }

  put(item: Item): Reception {
    if (!this.#waiting.isFull) {
      this.#waiting.push(item);
      return "kept";
    }
    if (this.#overflow === "drop-oldest") {
      this.#waiting.shift();
      this.#waiting.push(item);
    }
    this.#onDropped(1);
    if (this.#overflow === "error") return "refused";
    if (!this.#bursting) {
      this.#bursting = true;
      this.#onBurst();
    }
    return "dropped";
  }

  /** The oldest item; `undefined` if none waits. */
  take(): Item | undefined {
    const item = this.#waiting.shift();
    if (this.#waiting.size === 0) this.#bursting = false;
    return item;
  }

  /** Drops everything. */
  discard(): void {
    const discarded = this.#waiting.clear();
    if (discarded > 0) this.#onDropped(discarded);
  }
}
