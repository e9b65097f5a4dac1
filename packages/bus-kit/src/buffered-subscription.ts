import { type Event, type EventSubscription, SubscriptionUsedError } from "@aether/core";
import type { Ending } from "./ending.ts";
import { LocalSubscription } from "./local-subscription.ts";

/** A call of `next()` that waits for an event. */
interface PendingRead {
  resolve(result: IteratorResult<Event, undefined>): void;
  reject(error: unknown): void;
}

const done: IteratorResult<Event, undefined> = Object.freeze({ done: true, value: undefined });

/**
 * A subscription that is read with `for await`. Its iterator is written by hand: it is twice as fast as a generator.
 *
 * @example
 * ```ts
 * const subscription = hub.open(readSubscribeArguments("orders", {}), registry); // without a handler
 * if (subscription instanceof BufferedSubscription) for await (const event of subscription) console.log(event.id);
 * ```
 */
export class BufferedSubscription extends LocalSubscription implements EventSubscription {
  /** Calls of `next()` that wait for events. The buffer is empty while there are any. */
  readonly #pendingReads: PendingRead[] = [];
  #ending: Ending | undefined;
  #isUsed = false;

  /**
   * Returns the iterator of the loop. It yields the buffered events, then waits for more.
   * @throws `AETHER_SUBSCRIPTION_USED` the second time
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

  /** Resolves at once: there is no handler to wait for. Never rejects. */
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

  /** Returns the result after the last event: once the error that ended the subscription, and then the end. */
  #finish(): Promise<IteratorResult<Event, undefined>> {
    const ending = this.#ending;
    if (ending === undefined || ending.type === "unsubscribed" || ending.type === "closed")
      return Promise.resolve(done);
    this.#ending = { type: "closed" };
    return Promise.reject(ending.error);
  }
}
