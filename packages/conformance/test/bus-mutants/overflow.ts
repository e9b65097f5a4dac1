import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, type SubscriptionClass, subscriptionMutant } from "./mutant.ts";

const oldest = "overflow: by default, the oldest events are dropped and counted";
const newest = "overflow: with the policy drop-newest, the newest events are dropped and counted";
const withError =
  "overflow: with the policy error, a loop rejects with SubscriptionOverflowError after the events that fit";
const handlerError = "overflow: with the policy error, a handler's subscription ends after the events that fit";
const ofHandlers = "overflow: events that do not fit into a handler's buffer are dropped and counted";

const roomOfLoops = "overflow: each event that a loop takes makes room for one more";
const roomOfHandlers = "overflow: each event that a handler finishes makes room for one more";

function asking(change: (request: SubscribeRequest) => Partial<SubscribeRequest>): SubscriptionClass {
  return class extends ReferenceSubscription {
    constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
      super({ ...request, ...change(request) }, onEnd);
    }
  };
}

/** A subscription that reports when its buffer is full. */
class ReportingFull extends ReferenceSubscription {
  get isFull(): boolean {
    return this.waiting.length >= this.request.bufferSize;
  }
}

export const overflowMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "always drops the newest events",
    [oldest],
    asking(() => ({ overflow: "drop-newest" })),
  ),
  subscriptionMutant(
    "always drops the oldest events",
    [newest, withError],
    asking(() => ({ overflow: "drop-oldest" })),
  ),
  subscriptionMutant(
    "has unlimited buffers",
    [oldest, newest, withError, ofHandlers, handlerError],
    asking(() => ({ bufferSize: Number.POSITIVE_INFINITY })),
  ),
  subscriptionMutant(
    "limits only the buffers of loops",
    [ofHandlers, handlerError],
    asking(({ handler, bufferSize }) => ({
      bufferSize: handler === undefined ? bufferSize : Number.POSITIVE_INFINITY,
    })),
  ),
  subscriptionMutant(
    "does not count dropped events",
    [oldest, newest, ofHandlers],
    class extends ReferenceSubscription {
      protected override overflow(event: Event): void {
        super.overflow(event);
        this.dropped = 0;
      }
    },
  ),
  subscriptionMutant(
    "discards the events that fit into the buffer when a subscription ends because of an overflow",
    [withError, handlerError],
    class extends ReferenceSubscription {
      protected override overflow(event: Event): void {
        if (this.request.overflow === "error") this.waiting = [];
        super.overflow(event);
      }
    },
  ),
  subscriptionMutant(
    "ends a subscription without an error after an overflow",
    [withError],
    class extends ReferenceSubscription {
      override end(): void {
        super.end({});
      }
    },
  ),
  subscriptionMutant(
    "ignores unsubscribe after an overflow",
    ["overflow: with the policy error, unsubscribe discards and counts the events that fit"],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        if (this.ending === undefined) await super.unsubscribe();
      }
    },
  ),
  busMutant(
    "ends all subscriptions when one overflows",
    ["overflow: an overflow that ends one subscription does not end others"],
    class extends ReferenceBus {
      protected override forget(subscription: ReferenceSubscription): void {
        super.forget(subscription);
        for (const each of this.subscriptions) each.end({});
      }
    },
  ),
  subscriptionMutant(
    "has a default buffer of 1,000 events",
    ["overflow: the default buffer holds 1,024 events"],
    asking(({ bufferSize }) => ({ bufferSize: bufferSize === 1_024 ? 1_000 : bufferSize })),
  ),
  subscriptionMutant(
    "limits buffers to 2,048 events",
    ["overflow: nothing is dropped before the buffer is full, however large it is"],
    asking(({ bufferSize }) => ({ bufferSize: Math.min(bufferSize, 2_048) })),
  ),
  subscriptionMutant(
    "continues to drop events after an overflow",
    ["overflow: nothing more is dropped after the loop has caught up"],
    class extends ReferenceSubscription {
      override offer(event: Event): void {
        if (this.dropped > 0 && this.waiting.length < this.request.bufferSize) this.dropped++;
        else super.offer(event);
      }
    },
  ),
  subscriptionMutant(
    "gives room in the buffer back only when the buffer is empty",
    [roomOfLoops, roomOfHandlers],
    class extends ReferenceSubscription {
      #isFull = false;
      override offer(event: Event): void {
        if (this.waiting.length === 0) this.#isFull = false;
        if (this.waiting.length >= this.request.bufferSize) this.#isFull = true;
        if (this.#isFull && this.ending === undefined && this.wants(event)) this.overflow(event);
        else super.offer(event);
      }
    },
  ),
  subscriptionMutant(
    "gives room in the buffer back when half of the buffer is empty",
    [roomOfLoops, roomOfHandlers],
    class extends ReferenceSubscription {
      #isFull = false;
      override offer(event: Event): void {
        const { bufferSize } = this.request;
        if (this.waiting.length <= bufferSize / 2) this.#isFull = false;
        if (this.waiting.length >= bufferSize) this.#isFull = true;
        if (this.#isFull && this.ending === undefined && this.wants(event)) this.overflow(event);
        else super.offer(event);
      }
    },
  ),
  subscriptionMutant(
    "counts an event that is in the handler as buffered",
    [roomOfHandlers, ofHandlers],
    class extends ReferenceSubscription {
      override offer(event: Event): void {
        const isFull = this.running !== undefined && this.waiting.length >= this.request.bufferSize - 1;
        if (isFull && this.ending === undefined && this.wants(event)) this.overflow(event);
        else super.offer(event);
      }
    },
  ),
  busMutant(
    "lets publish wait until there is space in the buffer",
    ["overflow: an overflow affects neither the publisher nor other subscriptions"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        const isFull = (): boolean => [...this.subscriptions].some((each) => (each as ReportingFull).isFull);
        const deadline = performance.now() + 1_000;
        while (isFull() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 1));
        await super.publish(namespace, event, options);
      }
      override receive(namespace: string, text: string): void {
        if (![...this.subscriptions].some((each) => (each as ReportingFull).isFull)) super.receive(namespace, text);
      }
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return new ReportingFull(request, (ended) => this.forget(ended));
      }
    },
  ),
];
