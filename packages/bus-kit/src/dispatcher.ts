import type { Event } from "@aether/core";
import type { LocalSubscription } from "./local-subscription.ts";
import { RingBuffer } from "./ring-buffer.ts";

/** Subscriptions that get the same events. A list is never changed, so that one may come or go while it is walked. */
export type SubscriberList = readonly LocalSubscription[];

interface Delivery {
  readonly subscribers: SubscriberList;
  readonly event: Event;
}

/**
 * Hands events out one at a time. What a handler publishes waits until the event at hand has reached everyone: so all
 * get events in the same order, and handlers that answer each other do not pile up on the stack.
 */
export class Dispatcher {
  readonly #next = new RingBuffer<Delivery>(Number.MAX_SAFE_INTEGER);
  #busy = false;

  deliver(subscribers: SubscriberList, event: Event): void {
    if (this.#busy) {
      this.#next.push({ subscribers, event });
      return;
    }
    this.#busy = true;
    handOut(subscribers, event);
    if (this.#next.size > 0) this.#deliverNext();
    this.#busy = false;
  }

  #deliverNext(): void {
    for (let next = this.#next.shift(); next !== undefined; next = this.#next.shift()) {
      handOut(next.subscribers, next.event);
    }
    // Gives back the memory that many of them took.
    this.#next.clear();
  }
}

function handOut(subscribers: SubscriberList, event: Event): void {
  // An index, because iterators cost a third of the speed here.
  for (let index = 0; index < subscribers.length; index++) (subscribers[index] as LocalSubscription).offer(event);
}
