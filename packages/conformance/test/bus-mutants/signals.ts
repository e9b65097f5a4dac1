import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type Ending, ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const publishing = "signals: an aborted one rejects a publish with its reason, and nothing is published";
const subscribing = "signals: an aborted one keeps subscribe from subscribing";
const waitingLoop = "signals: end a loop that waits with the reason";

export const signalMutants: readonly BusMutant[] = [
  busMutant(
    "does not look at signals",
    [publishing, subscribing],
    class extends ReferenceBus {
      protected override checkOpen(): void {
        this.throwIfClosed();
      }
    },
  ),
  busMutant(
    "rejects with an error of its own in place of the reason",
    [publishing, subscribing],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        this.throwIfClosed();
        if (options?.signal?.aborted === true) throw new Error("aborted", { cause: options.signal.reason });
      }
    },
  ),
  busMutant(
    "looks at the signal when it has published",
    [publishing],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await super.publish(namespace, event);
        options?.signal?.throwIfAborted();
      }
    },
  ),
  busMutant(
    "takes options without a signal for an abort",
    ["signals: one that is aborted later, or never, changes nothing of a publish"],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options !== undefined && options.signal === undefined) throw new Error("aborted");
        super.checkOpen(options);
      }
    },
  ),
  busMutant(
    "says that it has published what was aborted on its way",
    ["signals: a publish that is aborted on its way rejects with the reason, or is published"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await undefined;
        if (options?.signal?.aborted !== true) await super.publish(namespace, event, options);
      }
    },
  ),
  subscriptionMutant(
    "just ends a loop whose signal is aborted",
    [waitingLoop, "signals: discard what waits for a loop, and count it"],
    class extends ReferenceSubscription {
      protected override abort(): void {
        void this.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "hands out what waits before it tells the reason",
    ["signals: discard what waits for a loop, and count it"],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        this.end({ failure: { error } });
      }
    },
  ),
  busMutant(
    "leaves a subscription whose signal is aborted subscribed",
    [waitingLoop],
    class extends ReferenceBus {
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return new ReferenceSubscription(request, (ended) => {
          if (request.signal?.aborted !== true) this.forget(ended);
        });
      }
    },
  ),
  subscriptionMutant(
    "knows signals of loops alone",
    ["signals: end a subscription with a handler"],
    class extends ReferenceSubscription {
      protected override abort(reason: unknown): void {
        if (this.request.handler === undefined) super.abort(reason);
      }
    },
  ),
  subscriptionMutant(
    "hears its signal when it has ended, too",
    ["signals: mean nothing to a subscription that has ended"],
    class extends ReferenceSubscription {
      protected override finish(ending: Ending): IteratorResult<Event, undefined> {
        const { signal } = this.request;
        return super.finish(signal?.aborted === true ? { failure: { error: signal.reason } } : ending);
      }
    },
  ),
];
