import type { Event } from "@aether/core";
import { BufferedSubscription } from "./buffered-subscription.ts";
import type { BusMetrics, Counters } from "./counters.ts";
import { Dispatcher, type SubscriberList } from "./dispatcher.ts";
import { HandlerSubscription } from "./handler-subscription.ts";
import type { LocalSubscription, SubscriptionHome } from "./local-subscription.ts";
import { settledWithin } from "./settled-within.ts";
import type { Report, SubscriptionStatus } from "./status.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** Where a subscription gets its events from, as long as it lasts. */
export interface SubscriptionSource {
  /** What it throws, `subscribe` throws. */
  add(subscription: LocalSubscription): void;
  /** Also called when `add` threw. */
  remove(subscription: LocalSubscription): void;
}

/**
 * Opens, counts and closes the subscriptions of one bus.
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
  /** What is counted, in all. */
  readonly counters: Counters = { published: 0, delivered: 0, dropped: 0, failed: 0, malformed: 0 };
  readonly #report: Report<SubscriptionStatus>;
  readonly #dispatcher = new Dispatcher();
  readonly #open = new Set<LocalSubscription>();
  readonly #byPattern = new Map<string, number>();

  constructor(report: Report<SubscriptionStatus>) {
    this.#report = report;
  }

  /**
   * Opens the subscription that was asked for, on a source that it leaves by itself when it ends.
   *
   * @throws the reason of a signal that is aborted already
   */
  open(request: SubscriptionRequest, source: SubscriptionSource): LocalSubscription {
    request.signal?.throwIfAborted();
    const home: SubscriptionHome = {
      counters: this.counters,
      report: this.#report,
      ended: (subscription) => {
        this.#forget(subscription);
        source.remove(subscription);
      },
    };
    const { handler } = request;
    const subscription =
      handler === undefined
        ? new BufferedSubscription(request, home)
        : new HandlerSubscription({ ...request, handler }, home);
    this.#open.add(subscription);
    this.#byPattern.set(request.pattern, this.count(request.pattern) + 1);
    try {
      source.add(subscription);
    } catch (error) {
      subscription.end({ type: "unsubscribed" });
      throw error;
    }
    return subscription;
  }

  /** Hands an event to every subscription of a list. */
  deliver(subscribers: SubscriberList, event: Event): void {
    this.#dispatcher.deliver(subscribers, event);
  }

  /** The subscriptions that are open now. */
  subscriptions(): SubscriberList {
    return [...this.#open];
  }

  /** How many subscriptions are open, of exactly this pattern or in all. */
  count(pattern?: string): number {
    return pattern === undefined ? this.#open.size : (this.#byPattern.get(pattern) ?? 0);
  }

  /** The counters, and how it stands now: an object made at each call. */
  metrics(): BusMetrics {
    let waiting = 0;
    for (const subscription of this.#open) waiting += subscription.waiting;
    // Not by assignment: a pattern may be spelt "__proto__".
    return { ...this.counters, waiting, subscribers: Object.fromEntries(this.#byPattern) };
  }

  /** Ends every subscription by an error. */
  fail(error: unknown): void {
    for (const subscription of [...this.#open]) subscription.end({ type: "failed", error });
  }

  /**
   * Ends every subscription. What waits in them can still be taken by loops; handlers get so many milliseconds to take it,
   * then the rest is dropped. Never rejects.
   */
  async close(drainTimeoutMs: number): Promise<void> {
    const closing = [...this.#open];
    for (const subscription of closing) subscription.end({ type: "closed" });
    await settledWithin(drainTimeoutMs, Promise.all(closing.map((subscription) => subscription.idle())));
    for (const subscription of closing) if (subscription instanceof HandlerSubscription) subscription.discard();
  }

  #forget(subscription: LocalSubscription): void {
    this.#open.delete(subscription);
    const left = this.count(subscription.pattern) - 1;
    if (left === 0) this.#byPattern.delete(subscription.pattern);
    else this.#byPattern.set(subscription.pattern, left);
  }
}
