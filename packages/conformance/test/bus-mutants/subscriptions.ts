import type { Event, EventSubscription } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const loopLeft =
  "subscriptions: leaving the for await loop ends the subscription and counts the remaining events as dropped";
const unsubscribed = "subscriptions: unsubscribe discards and counts the buffered events";

export const subscriptionMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "subscribes only when the loop starts, like a generator",
    ["subscriptions: a subscription buffers the events that are published after the call to subscribe"],
    class extends ReferenceSubscription {
      override offer(event: Event): void {
        if (this.used || this.request.handler !== undefined) super.offer(event);
      }
    },
  ),
  busMutant(
    "subscribes in a later turn of the event loop",
    ["subscriptions: a subscription buffers the events that are published after the call to subscribe"],
    class extends ReferenceBus {
      protected override open(request: SubscribeRequest): ReferenceSubscription {
        const subscription = super.open(request);
        this.subscriptions.delete(subscription);
        setTimeout(() => this.subscriptions.add(subscription));
        return subscription;
      }
    },
  ),
  busMutant(
    "resolves ready before the server knows the subscription",
    ["subscriptions: a subscription gets every event that any bus publishes after ready has resolved"],
    class extends ReferenceBus {
      protected override async joinChannel(subscription: ReferenceSubscription): Promise<void> {
        setTimeout(() => {
          subscription.isOnChannel = true;
        }, 50);
      }
    },
  ),
  busMutant(
    "starts a subscription with the last event, like a retained message",
    ["subscriptions: a subscription gets no events that were published before it"],
    class extends ReferenceBus {
      #last: Event | undefined;
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        this.#last = event;
        super.deliver(namespace, event, from);
      }
      protected override open(request: SubscribeRequest): ReferenceSubscription {
        const subscription = super.open(request);
        if (this.#last !== undefined) subscription.offer(this.#last);
        return subscription;
      }
    },
  ),
  subscriptionMutant(
    "does not wake a waiting loop",
    ["subscriptions: a new event wakes a waiting loop"],
    class extends ReferenceSubscription {
      protected override wake(): void {
        if (this.request.handler !== undefined || this.ending !== undefined) super.wake();
      }
    },
  ),
  subscriptionMutant(
    "returns its own subject as the pattern of a subscription",
    ["subscriptions: a subscription has the pattern that it was created with"],
    class extends ReferenceSubscription {
      override readonly pattern: string;
      constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        this.pattern = `events.${request.pattern}`;
      }
    },
  ),
  subscriptionMutant(
    "divides its events among several loops",
    ["subscriptions: a subscription can be iterated once"],
    class extends ReferenceSubscription {
      override [Symbol.asyncIterator](): AsyncIterator<Event, undefined, undefined> {
        this.used = false;
        return super[Symbol.asyncIterator]();
      }
    },
  ),
  busMutant(
    "counts patterns, not subscriptions",
    ["subscriptions: subscriberCount counts the subscriptions of this bus, by pattern and in total"],
    class extends ReferenceBus {
      override subscriberCount(pattern?: string): number {
        const patterns = new Set([...this.subscriptions].map((each) => each.pattern));
        return pattern === undefined ? patterns.size : Number(patterns.has(pattern));
      }
    },
  ),
  busMutant(
    "counts the subscriptions that match a namespace",
    ["subscriptions: subscriberCount counts the subscriptions of this bus, by pattern and in total"],
    class extends ReferenceBus {
      override subscriberCount(pattern?: string): number {
        return [...this.subscriptions].filter((each) => pattern === undefined || this.matches(each.pattern, pattern))
          .length;
      }
    },
  ),
  busMutant(
    "counts a subscription that is ended twice as two ended subscriptions",
    ["subscriptions: subscriberCount counts the subscriptions of this bus, by pattern and in total"],
    class extends ReferenceBus {
      #left = 0;
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        const subscription = super.newSubscription(request);
        const unsubscribe = subscription.unsubscribe.bind(subscription);
        subscription.unsubscribe = () => {
          this.#left++;
          return unsubscribe();
        };
        return subscription;
      }
      override subscriberCount(pattern?: string): number {
        return this.#left > 1 ? super.subscriberCount(pattern) - 1 : super.subscriberCount(pattern);
      }
    },
  ),
  subscriptionMutant(
    "does not end a subscription when its loop ends early",
    [loopLeft, "subscriptions: an error in the loop body ends the subscription"],
    class extends ReferenceSubscription {
      protected override async leave(): Promise<IteratorResult<Event, undefined>> {
        return { done: true, value: undefined };
      }
    },
  ),
  subscriptionMutant(
    "does not count discarded events",
    [loopLeft, unsubscribed, "signals: aborting the signal discards the buffered events of a loop, and counts them"],
    class extends ReferenceSubscription {
      protected override discard(): void {
        this.waiting = [];
      }
    },
  ),
  subscriptionMutant(
    "keeps buffered events after unsubscribe",
    [unsubscribed],
    class extends ReferenceSubscription {
      protected override discard(): void {}
    },
  ),
  subscriptionMutant(
    "keeps a loop waiting after unsubscribe",
    ["subscriptions: unsubscribe ends a waiting loop"],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        this.takers = [];
        await super.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "does not end a subscription that is disposed",
    ["subscriptions: disposing a subscription ends it"],
    class extends ReferenceSubscription {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  busMutant(
    "leaves ready pending when the subscription ends first",
    ["subscriptions: ready settles even if the subscription ends first"],
    class extends ReferenceBus {
      protected override async joinChannel(subscription: ReferenceSubscription): Promise<void> {
        await super.joinChannel(subscription);
        if (!this.subscriptions.has(subscription)) await new Promise(() => {});
      }
    },
  ),
  busMutant(
    "returns a promise that resolves to a subscription",
    ["subscriptions: a subscription buffers the events that are published after the call to subscribe"],
    class extends ReferenceBus {
      override subscribe(pattern: string, second?: unknown, third?: unknown): ReferenceSubscription {
        const subscription: EventSubscription = super.subscribe(pattern, second, third);
        return Promise.resolve(subscription) as unknown as ReferenceSubscription;
      }
    },
  ),
];
