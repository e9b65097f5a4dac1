import type { Event } from "@aether/core";
import { BufferedSubscription } from "./buffered-subscription.ts";
import { Dispatcher, type SubscriberList } from "./dispatcher.ts";
import { HandlerSubscription } from "./handler-subscription.ts";
import type { LocalSubscription, SubscriptionContext } from "./local-subscription.ts";
import type { BusMetrics, Counters } from "./metrics.ts";
import { settledWithin } from "./settled-within.ts";
import type { Report, SubscriptionStatus } from "./status.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** A source of events. Subscriptions are added to the source when they open, and removed when they end. */
export interface SubscriptionSource {
  /** Adds a subscription. If this method throws, `subscribe` throws the same error. */
  add(subscription: LocalSubscription): void;
  /** Removes a subscription. Called even if `add` threw an error. */
  remove(subscription: LocalSubscription): void;
}

/**
 * The subscriptions of one bus. The hub opens, counts and closes them, and delivers events to them.
 *
 * @example
 * ```ts
 * const hub = new SubscriptionHub(reportTo<SubscriptionStatus>(undefined));
 * const registry = new PatternRegistry();
 * hub.open(readSubscribeArguments("orders", {}), registry).confirm();
 * hub.deliver(registry.matching("orders"), publishedEvent(event));
 * await hub.close(5_000);
 * ```
 */
export class SubscriptionHub {
  /** Counters of the bus since it was created. */
  readonly counters: Counters = { published: 0, delivered: 0, dropped: 0, failed: 0, malformed: 0 };
  readonly #report: Report<SubscriptionStatus>;
  readonly #dispatcher = new Dispatcher();
  readonly #open = new Set<LocalSubscription>();
  /** Subscriptions that have ended, but whose handlers have not finished. */
  readonly #finishing = new Set<LocalSubscription>();
  readonly #countByPattern = new Map<string, number>();

  constructor(report: Report<SubscriptionStatus>) {
    this.#report = report;
  }

  /**
   * Opens a subscription and adds it to a source. The subscription is removed from the source when it ends.
   *
   * @throws the signal's reason if the signal is already aborted, or the error that `source.add` threw
   */
  open(request: SubscriptionRequest, source: SubscriptionSource): LocalSubscription {
    request.signal?.throwIfAborted();
    const context: SubscriptionContext = {
      counters: this.counters,
      report: this.#report,
      onEnded: (subscription) => {
        this.#forget(subscription);
        source.remove(subscription);
        void this.#finish(subscription);
      },
    };
    const { handler } = request;
    const subscription =
      handler === undefined
        ? new BufferedSubscription(request, context)
        : new HandlerSubscription({ ...request, handler }, context);
    this.#open.add(subscription);
    this.#countByPattern.set(request.pattern, this.count(request.pattern) + 1);
    try {
      source.add(subscription);
    } catch (error) {
      subscription.end({ type: "unsubscribed" });
      throw error;
    }
    return subscription;
  }

  /** Delivers an event to every subscription in a list. */
  deliver(subscribers: SubscriberList, event: Event): void {
    this.#dispatcher.deliver(subscribers, event);
  }

  /** Returns the open subscriptions. */
  subscriptions(): SubscriberList {
    return [...this.#open];
  }

  /** Returns the number of open subscriptions to exactly this pattern, or of all open ones without a pattern. */
  count(pattern?: string): number {
    return pattern === undefined ? this.#open.size : (this.#countByPattern.get(pattern) ?? 0);
  }

  /** Returns the counters and gauges as a new object. */
  metrics(): BusMetrics {
    let waiting = 0;
    for (const subscription of this.#open) waiting += subscription.waiting;
    // A pattern may be "__proto__". Object.fromEntries defines properties, so this name is an ordinary key.
    return { ...this.counters, waiting, subscribers: Object.fromEntries(this.#countByPattern) };
  }

  /** Ends every subscription with an error. */
  fail(error: unknown): void {
    for (const subscription of this.subscriptions()) subscription.end({ type: "failed", error });
  }

  /**
   * Ends every subscription. Handlers, including those of subscriptions that ended earlier, have the given number of
   * milliseconds to consume the events in their buffers. Then their remaining events are dropped. `for await` loops can
   * consume their buffered events without a time limit. Never rejects.
   */
  async close(drainTimeoutMs: number): Promise<void> {
    for (const subscription of this.subscriptions()) subscription.end({ type: "closed" });
    const finishing = [...this.#finishing];
    await settledWithin(drainTimeoutMs, Promise.all(finishing.map((subscription) => subscription.idle())));
    for (const subscription of finishing) subscription.discard();
  }

  /** Keeps an ended subscription until its handler has finished. */
  async #finish(subscription: LocalSubscription): Promise<void> {
    if (!(subscription instanceof HandlerSubscription)) return;
    this.#finishing.add(subscription);
    await subscription.idle();
    this.#finishing.delete(subscription);
  }

  #forget(subscription: LocalSubscription): void {
    this.#open.delete(subscription);
    const remaining = this.count(subscription.pattern) - 1;
    if (remaining === 0) this.#countByPattern.delete(subscription.pattern);
    else this.#countByPattern.set(subscription.pattern, remaining);
  }
}
