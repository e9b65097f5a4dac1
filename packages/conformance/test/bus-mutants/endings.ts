import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type Ending, ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const staysEnded = "endings: a subscription that ends before it is ready stays ended, however it ends";
const readySettles =
  "endings: ready settles if the subscription ends first, however it ends, and its rejection may be ignored";
const notOthers = "endings: a subscription that ends before it is ready does not affect others to the same pattern";
const tookSome = "endings: a loop that has taken some events gets no more after its subscription has ended";
const waitForHandler =
  "endings: the events that wait for a handler are discarded and counted, however the subscription ends";
const rivals = "endings: a handler is not called after another handler has ended its subscription";
const oneSignal = "endings: a signal ends all subscriptions that were created with it, and no others";
const listeners = "endings: a subscription that has ended leaves no listener on its signal";
const publishListeners = "signals: a publish that has settled leaves no listener on its signal";
const severalNexts = "endings: several calls to next get different events, in order";
const publishOptions = "signals: the options of publish are read when it is called";

/** A subscription whose parts are visible to its bus. */
class Exposed extends ReferenceSubscription {
  get isOpen(): boolean {
    return this.ending === undefined;
  }
  get hasHandler(): boolean {
    return this.request.handler !== undefined;
  }
  /** Calls the handler with an event, even if the subscription has ended. */
  force(event: Event): void {
    void this.call(event);
  }
}

const exposed = (bus: { forget(subscription: ReferenceSubscription): void }, request: SubscribeRequest): Exposed =>
  new Exposed(request, (ended) => bus.forget(ended));

export const endingMutants: readonly BusMutant[] = [
  subscriptionMutant(
    "leaves the calls to next pending when its loop is left",
    ["endings: leaving a loop ends the calls to next that wait"],
    class extends ReferenceSubscription {
      protected override leave(): Promise<IteratorResult<Event, undefined>> {
        this.takers = [];
        return super.leave();
      }
    },
  ),
  busMutant(
    "adds a subscription that has ended when the server confirms it",
    [staysEnded],
    class extends ReferenceBus {
      protected override async joinChannel(subscription: ReferenceSubscription): Promise<void> {
        await super.joinChannel(subscription);
        this.subscriptions.add(subscription);
      }
    },
  ),
  subscriptionMutant(
    "ignores an abort before the subscription is ready",
    [staysEnded],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        if (this.isOnChannel) super.abort(error);
      }
    },
  ),
  subscriptionMutant(
    "ignores unsubscribe before the subscription is ready",
    [staysEnded],
    class extends ReferenceSubscription {
      override async unsubscribe(): Promise<void> {
        if (this.isOnChannel) await super.unsubscribe();
      }
    },
  ),
  subscriptionMutant(
    "rejects ready when the signal is aborted, without handling the rejection",
    [readySettles],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        if (!this.isOnChannel) this.ready = Promise.reject(error);
        super.abort(error);
      }
    },
  ),
  subscriptionMutant(
    "rejects ready after close, without handling the rejection",
    [readySettles],
    class extends ReferenceSubscription {
      override end(ending: Ending): void {
        if (!this.isOnChannel) this.ready = Promise.reject(new Error("ended"));
        super.end(ending);
      }
    },
  ),
  subscriptionMutant(
    "leaves ready pending when the signal is aborted first",
    [readySettles],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        this.ready = new Promise(() => {});
        super.abort(error);
      }
    },
  ),
  busMutant(
    "does not subscribe on the server if the first subscription to the pattern ends before it is ready",
    [notOthers],
    class extends ReferenceBus {
      readonly #deaf = new Set<string>();
      protected override forget(subscription: ReferenceSubscription): void {
        if (!subscription.isOnChannel) this.#deaf.add(subscription.pattern);
        super.forget(subscription);
      }
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        const all = [...super.recipients(namespace, from)];
        return from === "local" ? all : all.filter(({ pattern }) => !this.#deaf.has(pattern));
      }
    },
  ),
  subscriptionMutant(
    "counts the events that a loop has taken as dropped, too",
    [tookSome],
    class extends ReferenceSubscription {
      #taken = 0;
      protected override async next(): Promise<IteratorResult<Event, undefined>> {
        const result = await super.next();
        if (result.done !== true) this.#taken++;
        return result;
      }
      protected override discard(): void {
        if (this.waiting.length > 0) this.dropped += this.#taken;
        super.discard();
      }
    },
  ),
  subscriptionMutant(
    "delivers the buffered events to a loop that has begun, even after unsubscribe",
    [tookSome],
    class extends ReferenceSubscription {
      protected override discard(): void {
        if (!this.used) super.discard();
      }
    },
  ),
  subscriptionMutant(
    "does not count the events that are left when the signal is aborted in a loop",
    [tookSome],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        if (this.used) this.waiting = [];
        super.abort(error);
      }
    },
  ),
  subscriptionMutant(
    "counts the discarded events again when the subscription is ended again",
    [tookSome],
    class extends ReferenceSubscription {
      #discarded = 0;
      protected override discard(): void {
        this.#discarded ||= this.waiting.length;
        this.dropped += this.waiting.length === 0 ? this.#discarded : 0;
        super.discard();
      }
    },
  ),
  subscriptionMutant(
    "rejects every call to next with the reason after an abort",
    [tookSome],
    class extends ReferenceSubscription {
      protected override async next(): Promise<IteratorResult<Event, undefined>> {
        const { signal } = this.request;
        if (signal?.aborted === true && this.ending !== undefined) throw signal.reason;
        return super.next();
      }
    },
  ),
  subscriptionMutant(
    "calls a handler with the waiting events after an abort",
    [waitForHandler],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        if (this.request.handler === undefined) super.abort(error);
        else this.end({ failure: { error } });
      }
    },
  ),
  subscriptionMutant(
    "discards the events that wait for a handler without counting them when the signal is aborted",
    [waitForHandler],
    class extends ReferenceSubscription {
      protected override abort(error: unknown): void {
        this.waiting = [];
        super.abort(error);
      }
    },
  ),
  subscriptionMutant(
    "calls a handler with the waiting events after it is disposed",
    [waitForHandler],
    class extends ReferenceSubscription {
      override async [Symbol.asyncDispose](): Promise<void> {
        this.end({});
      }
    },
  ),
  busMutant(
    "calls a handler after another handler has unsubscribed it",
    [rivals],
    class extends ReferenceBus {
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return exposed({ forget: (ended) => this.forget(ended) }, request);
      }
      protected override offerTo(recipients: Iterable<ReferenceSubscription>, event: Event): void {
        for (const subscription of recipients) {
          if ((subscription as Exposed).hasHandler) (subscription as Exposed).force(event);
          else subscription.offer(event);
        }
      }
    },
  ),
  busMutant(
    "calls a handler after another handler has aborted its signal",
    [rivals],
    class extends ReferenceBus {
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        const { signal, ...others } = request;
        const subscription = exposed({ forget: (ended) => this.forget(ended) }, others);
        signal?.addEventListener("abort", () => setImmediate(() => void subscription.unsubscribe()));
        return subscription;
      }
    },
  ),
  subscriptionMutant(
    "replaces the signal's handler for aborts",
    [oneSignal],
    class extends ReferenceSubscription {
      constructor({ signal, ...request }: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        if (signal !== undefined) signal.onabort = () => this.abort(signal.reason);
      }
    },
  ),
  subscriptionMutant(
    "removes the signal's handler for aborts when one of its subscriptions ends",
    [oneSignal],
    class extends ReferenceSubscription {
      static readonly #bySignal = new WeakMap<AbortSignal, Set<Exposed>>();
      readonly #signal: AbortSignal | undefined;
      constructor({ signal, ...request }: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        this.#signal = signal;
        if (signal === undefined) return;
        const all = new.target.#bySignal.get(signal) ?? new Set();
        new.target.#bySignal.set(signal, all.add(this as unknown as Exposed));
        signal.onabort = () => {
          for (const each of all) void each.unsubscribe();
        };
      }
      override end(ending: Ending): void {
        if (this.#signal !== undefined) this.#signal.onabort = null;
        super.end(ending);
      }
    },
  ),
  subscriptionMutant(
    "leaves a listener on the signal of a subscription that has ended",
    [listeners],
    class extends ReferenceSubscription {
      constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        request.signal?.addEventListener("abort", () => this.wake(), { once: true });
      }
    },
  ),
  subscriptionMutant(
    "leaves a listener on the signal of a subscription that ends because of an overflow or a close",
    [listeners],
    class extends ReferenceSubscription {
      readonly #listener = (): void => this.wake();
      constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
        super(request, onEnd);
        request.signal?.addEventListener("abort", this.#listener);
      }
      override async unsubscribe(): Promise<void> {
        this.request.signal?.removeEventListener("abort", this.#listener);
        await super.unsubscribe();
      }
    },
  ),
  busMutant(
    "leaves a listener on the signal of a publish",
    [publishListeners],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await super.publish(namespace, event, options);
        options?.signal?.addEventListener("abort", () => {});
      }
    },
  ),
  busMutant(
    "leaves a listener on the signal of a publish that fails",
    [publishListeners],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        const listener = (): void => {};
        options?.signal?.addEventListener("abort", listener);
        await super.publish(namespace, event, options);
        options?.signal?.removeEventListener("abort", listener);
      }
    },
  ),
  busMutant(
    "reads the signal of a publish after it has sent the event",
    [publishOptions],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        const { aborted } = options?.signal ?? { aborted: false };
        await super.publish(namespace, event, options);
        if (!aborted) options?.signal?.throwIfAborted();
      }
    },
  ),
  subscriptionMutant(
    "answers only the last of several calls to next",
    [severalNexts],
    class extends ReferenceSubscription {
      protected override async next(): Promise<IteratorResult<Event, undefined>> {
        this.takers = [];
        return super.next();
      }
    },
  ),
  subscriptionMutant(
    "answers several calls to next with the same event",
    [severalNexts],
    class extends ReferenceSubscription {
      #pending: Promise<IteratorResult<Event, undefined>> | undefined;
      protected override next(): Promise<IteratorResult<Event, undefined>> {
        this.#pending ??= super.next().finally(() => {
          this.#pending = undefined;
        });
        return this.#pending;
      }
    },
  ),
];
