import type { Event } from "@aether/core";
import type { LocalSubscription } from "./local-subscription.ts";
import { RingBuffer } from "./ring-buffer.ts";

/** Subscriptions that receive the same events. A list is replaced, never modified, so that iterating it is safe. */
export type SubscriberList = readonly LocalSubscription[];

interface Delivery {
  readonly subscribers: SubscriberList;
  readonly event: Event;
}

/**
 * Delivers events one at a time. An event that a handler publishes is delivered after the current event has reached
 * every subscriber. All subscribers therefore receive events in the same order, and handlers that publish events for
 * each other do not overflow the call stack.
 */
export class Dispatcher {
  readonly #pending = new RingBuffer<Delivery>(Number.MAX_SAFE_INTEGER);
  #isDelivering = false;

  deliver(subscribers: SubscriberList, event: Event): void {
    if (this.#isDelivering) {
      this.#pending.push({ subscribers, event });
      return;
    }
    this.#isDelivering = true;
    offerToEach(subscribers, event);
    if (this.#pending.size > 0) this.#deliverPending();
    this.#isDelivering = false;
  }

  #deliverPending(): void {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      offerToEach(next.subscribers, next.event);
    }
    // Releases the memory of a long queue.
    this.#pending.clear();
  }
}

function offerToEach(subscribers: SubscriberList, event: Event): void {
  // A loop with an index, because an iterator makes delivery a third slower.
  for (let index = 0; index < subscribers.length; index++) (subscribers[index] as LocalSubscription).offer(event);
}
