import { type Event, type EventSubscription, SubscriptionUsedError } from "@aether/core";
import type { Ending } from "./ending.ts";
import { LocalSubscription } from "./local-subscription.ts";

/** A call to `next()` that waits for an event. */
interface PendingRead {
  resolve(result: IteratorResult<Event, undefined>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<Event, undefined> = Object.freeze({ done: true, value: undefined });

/**
 * A subscription for a `for await` loop. Its iterator is not a generator, because a generator is half as fast.
 *
 * @example
 * ```ts
 * const subscription = hub.open(readSubscribeArguments("orders", {}), registry); // without a handler
 * if (subscription instanceof BufferedSubscription) for await (const event of subscription) console.log(event.id);
 * ```
 */
export class BufferedSubscription extends LocalSubscription implements EventSubscription {
  /** Calls to `next()` that wait for events. While there are any, the buffer is empty. */
  readonly #pendingReads: PendingRead[] = [];
  #ending: Ending | undefined;
  #isUsed = false;

  /**
   * Returns the iterator for a `for await` loop. It yields the buffered events, then waits for more.
   * @throws `AETHER_SUBSCRIPTION_USED` at the second call
   */
  [Symbol.asyncIterator](): AsyncIterator<Event, undefined, undefined> {
    if (this.#isUsed) throw new SubscriptionUsedError({ pattern: this.pattern });
    this.#isUsed = true;
    return {
      next: () => this.#next(),
      return: async () => {
        await this.unsubscribe();
        return done;
      },
    };
  }

  /** Resolves immediately, because there is no handler to wait for. Never rejects. */
  override async idle(): Promise<void> {}

  protected override receive(event: Event): boolean {
    const read = this.#pendingReads.shift();
    if (read === undefined) return this.buffer.push(event);
    this.context.counters.delivered++;
    read.resolve({ done: false, value: event });
    return true;
  }

  protected override onEnd(ending: Ending): void {
    this.#ending = ending;
    for (const read of this.#pendingReads.splice(0)) this.#finish().then(read.resolve, read.reject);
  }

  #next(): Promise<IteratorResult<Event, undefined>> {
    const event = this.buffer.shift();
    if (event !== undefined) {
      this.context.counters.delivered++;
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#ending !== undefined) return this.#finish();
    return new Promise((resolve, reject) => this.#pendingReads.push({ resolve, reject }));
  }

  /** Returns the result after the last event. Rejects once with the error that ended the subscription, if any. */
  #finish(): Promise<IteratorResult<Event, undefined>> {
    const ending = this.#ending;
    if (ending === undefined || ending.type === "unsubscribed" || ending.type === "closed")
      return Promise.resolve(done);
    this.#ending = { type: "closed" };
    return Promise.reject(ending.error);
  }
}
