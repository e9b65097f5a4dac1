import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const inOrder = "handlers: a handler is called for every event, in order, one call at a time";
const onErrorCalled =
  "handlers: if a handler throws or rejects, onError gets the error and the event, and the subscription continues";
const alone = "handlers: a handler that throws or rejects affects neither the publisher nor other subscribers";
const continues =
  "handlers: a handler that fails is called for the next event, even without onError or if onError itself fails";
const failsAlways = "handlers: a handler that fails for every event is called for every event";
const afterEnd = "handlers: onError gets the error of a handler whose subscription has already ended";
const slow = "handlers: a slow handler delays neither the publisher nor other subscribers";

/** Calls handlers directly, without a buffer, and does not catch their errors. */
class Careless extends ReferenceSubscription {
  override offer(event: Event): void {
    const { handler } = this.request;
    if (handler === undefined) super.offer(event);
    else if (this.ending === undefined && this.wants(event)) handler(event);
  }
}

export const handlerMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "reports only truthy errors of handlers",
    ["handlers: onError gets errors of any kind, even undefined"],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        if (error) await super.reportError(error, event);
      }
    },
  ),
  subscriptionMutant(
    "waits only for instances of Promise",
    ["handlers: a handler that returns a thenable is called again only after the thenable has settled"],
    class extends ReferenceSubscription {
      protected override async call(event: Event): Promise<void> {
        try {
          const result: unknown = this.request.handler?.(event);
          if (result instanceof Promise) await result;
        } catch (error) {
          await this.reportError(error, event);
        }
      }
    },
  ),
  busMutant(
    "calls a handler once for each event, although it has several subscriptions",
    ["handlers: one function can be the handler of several subscriptions"],
    class extends ReferenceBus {
      readonly #handlers = new Map<unknown, ReferenceSubscription>();
      protected override open(request: SubscribeRequest): ReferenceSubscription {
        const subscription = super.open(request);
        if (request.handler === undefined) return subscription;
        if (this.#handlers.has(request.handler)) this.subscriptions.delete(subscription);
        else this.#handlers.set(request.handler, subscription);
        return subscription;
      }
    },
  ),
  subscriptionMutant(
    "does not wait for the promise that a handler returns",
    [inOrder],
    class extends ReferenceSubscription {
      protected override async call(event: Event): Promise<void> {
        void super.call(event);
      }
    },
  ),
  subscriptionMutant(
    "calls handlers with the newest event first",
    [inOrder],
    class extends ReferenceSubscription {
      protected override async run(): Promise<void> {
        for (let event = this.waiting.pop(); event !== undefined; event = this.waiting.pop()) await this.call(event);
        this.running = undefined;
      }
    },
  ),
  subscriptionMutant("lets publish throw the errors that handlers throw, like an event emitter", [alone], Careless),
  subscriptionMutant(
    "ignores rejections of handlers",
    [onErrorCalled],
    class extends ReferenceSubscription {
      protected override async call(event: Event): Promise<void> {
        try {
          const result = this.request.handler?.(event);
          await Promise.resolve(result).catch(() => {});
        } catch (error) {
          await this.reportError(error, event);
        }
      }
    },
  ),
  subscriptionMutant(
    "passes onError a new error",
    [onErrorCalled],
    class extends ReferenceSubscription {
      protected override reportError(cause: unknown, event: Event): Promise<void> {
        return super.reportError(new Error("a handler failed", { cause }), event);
      }
    },
  ),
  subscriptionMutant(
    "ends a subscription whose handler fails",
    [onErrorCalled, continues],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        await super.reportError(error, event);
        await this.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "stops calling the handler when onError throws",
    [continues],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        try {
          await (this.request.onError?.(error, event) as unknown);
        } catch {
          await new Promise(() => {});
        }
      }
    },
  ),
  ...[3, 1_000].map((limit) =>
    subscriptionMutant(
      `does not call a handler again after ${limit} failures`,
      [failsAlways],
      class extends ReferenceSubscription {
        #failures = 0;
        protected override async call(event: Event): Promise<void> {
          if (this.#failures < limit) await super.call(event);
        }
        protected override async reportError(error: unknown, event: Event): Promise<void> {
          this.#failures++;
          await super.reportError(error, event);
        }
      },
    ),
  ),
  subscriptionMutant(
    "reports at most ten errors of a handler",
    [failsAlways],
    class extends ReferenceSubscription {
      #failures = 0;
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        if (++this.#failures <= 10) await super.reportError(error, event);
      }
    },
  ),
  subscriptionMutant(
    "leaves the rejection of a handler without onError unhandled",
    [continues],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        if (this.request.onError === undefined) void Promise.reject(error);
        else await super.reportError(error, event);
      }
    },
  ),
  subscriptionMutant(
    "does not report the errors of a handler after its subscription has ended",
    [afterEnd],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        if (this.ending === undefined) await super.reportError(error, event);
      }
    },
  ),
  subscriptionMutant(
    "does not catch the errors of a handler after its subscription has ended",
    [afterEnd],
    class extends ReferenceSubscription {
      protected override async reportError(error: unknown, event: Event): Promise<void> {
        if (this.ending === undefined) await super.reportError(error, event);
        else void Promise.reject(error);
      }
    },
  ),
  busMutant(
    "waits in publish until all handlers have finished",
    [slow],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await super.publish(namespace, event, options);
        await Promise.all([...this.subscriptions].map((each) => each.idle()));
      }
    },
  ),
  busMutant(
    "calls the next handler only after the previous one has finished",
    [slow],
    class extends ReferenceBus {
      #last: Promise<unknown> = Promise.resolve();
      protected override offerTo(recipients: Iterable<ReferenceSubscription>, event: Event): void {
        for (const subscription of recipients) {
          this.#last = this.#last.then(() => {
            subscription.offer(event);
            return subscription.idle();
          });
        }
      }
    },
  ),
  subscriptionMutant(
    "calls a handler with buffered events after unsubscribe",
    [
      "handlers: a handler may call and await unsubscribe, and is not called afterwards",
      "handlers: unsubscribe discards and counts the events that are buffered for a handler",
    ],
    class extends ReferenceSubscription {
      protected override discard(): void {
        if (this.request.handler === undefined) super.discard();
      }
    },
  ),
  subscriptionMutant(
    "waits in unsubscribe for the handler that calls it",
    ["handlers: a handler may call and await unsubscribe, and is not called afterwards"],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        await super.unsubscribe();
        await this.idle();
      }
    },
  ),
  busMutant(
    "delivers the current event to a subscription that a handler makes",
    ["handlers: a subscription that is made inside a handler starts with the next event"],
    class extends ReferenceBus {
      protected override recipients(): Iterable<ReferenceSubscription> {
        return this.subscriptions;
      }
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return new Careless(request, (ended) => this.forget(ended));
      }
    },
  ),
  busMutant(
    "delivers an event to one of several subscriptions only",
    ["handlers: handlers and loops do not take events from each other"],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].slice(-1);
      }
    },
  ),
];
