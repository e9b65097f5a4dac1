import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type Ending, ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const publishing = "signals: publish with an aborted signal rejects with the signal's reason and publishes nothing";
const subscribing = "signals: subscribe with an aborted signal throws the signal's reason and adds no subscription";
const waitingLoop = "signals: aborting the signal ends a waiting loop with the reason";

export const signalMutants: readonly BusMutant[] = [
  busMutant(
    "takes null for no options of a publish",
    ["signals: publish rejects a signal that is not an AbortSignal, and publishes nothing"],
    class extends ReferenceBus {
      protected override checkOptions(options: unknown): ReturnType<ReferenceBus["checkOptions"]> {
        return super.checkOptions(options ?? undefined);
      }
    },
  ),
  busMutant(
    "ignores signals",
    [publishing, subscribing],
    class extends ReferenceBus {
      protected override checkOpen(): void {
        this.throwIfClosed();
      }
    },
  ),
  busMutant(
    "rejects with its own error in place of the reason",
    [publishing, subscribing],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        this.throwIfClosed();
        if (options?.signal?.aborted === true) throw new Error("aborted", { cause: options.signal.reason });
      }
    },
  ),
  busMutant(
    "does not check that the signal of a publish is a signal",
    ["signals: publish rejects a signal that is not an AbortSignal, and publishes nothing"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        const { signal } = options ?? {};
        await super.publish(namespace, event, signal instanceof AbortSignal ? options : {});
      }
    },
  ),
  busMutant(
    "checks the signal after it has published",
    [publishing],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await super.publish(namespace, event);
        options?.signal?.throwIfAborted();
      }
    },
  ),
  busMutant(
    "treats options without a signal as aborted",
    ["signals: a signal that is never aborted, or only after publish has resolved, changes nothing"],
    class extends ReferenceBus {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options !== undefined && options.signal === undefined) throw new Error("aborted");
        super.checkOpen(options);
      }
    },
  ),
  busMutant(
    "resolves a publish that was aborted in flight, without publishing",
    ["signals: a publish that is aborted in flight rejects with the reason, or delivers the event"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await undefined;
        if (options?.signal?.aborted !== true) await super.publish(namespace, event, options);
      }
    },
  ),
  subscriptionMutant(
    "ends a loop whose signal is aborted without an error",
    [waitingLoop, "signals: aborting the signal discards the buffered events of a loop, and counts them"],
    class extends ReferenceSubscription {
      protected override abort(): void {
        void this.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "ends a loop without an error if the reason is falsy",
    [waitingLoop],
    class extends ReferenceSubscription {
      override end(ending: Ending): void {
        super.end(ending.failure?.error ? ending : {});
      }
    },
  ),
  subscriptionMutant(
    "discards the buffered events of a loop when the signal is aborted after close",
    ["signals: aborting the signal of a subscription whose bus is closed changes nothing"],
    class extends ReferenceSubscription {
      constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        request.signal?.addEventListener("abort", () => this.discard());
      }
    },
  ),
  subscriptionMutant(
    "delivers buffered events before the reason",
    ["signals: aborting the signal discards the buffered events of a loop, and counts them"],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        this.end({ failure: { error } });
      }
    },
  ),
  busMutant(
    "keeps a subscription whose signal is aborted",
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
    "ignores the signals of handlers",
    ["signals: aborting the signal ends a subscription with a handler"],
    class extends ReferenceSubscription {
      protected override abort(reason: unknown): void {
        if (this.request.handler === undefined) super.abort(reason);
      }
    },
  ),
  subscriptionMutant(
    "reacts to a signal after the subscription has ended",
    ["signals: aborting the signal of a subscription that has ended changes nothing"],
    class extends ReferenceSubscription {
      protected override finish(ending: Ending): IteratorResult<Event, undefined> {
        const { signal } = this.request;
        return super.finish(signal?.aborted === true ? { failure: { error: signal.reason } } : ending);
      }
    },
  ),
];
