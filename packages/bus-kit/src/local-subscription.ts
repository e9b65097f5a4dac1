import { type Event, onAbort, type Subscription, SubscriptionOverflowError } from "@aether/core";
import type { Ending } from "./ending.ts";
import type { EventFilter } from "./filter.ts";
import type { Counters } from "./metrics.ts";
import { Readiness } from "./readiness.ts";
import type { Report, SubscriptionStatus } from "./status.ts";
import { SubscriptionBuffer } from "./subscription-buffer.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** Services that a bus provides to its subscriptions. */
export interface SubscriptionContext {
  /** Counters of the bus. */
  readonly counters: Counters;
  /** Reports statuses of the subscription. */
  readonly report: Report<SubscriptionStatus>;
  /** Called once, when the subscription has ended and accepts no more events. */
  onEnded(subscription: LocalSubscription): void;
}

/**
 * Base class of subscriptions. It filters and buffers events, and ensures that the subscription ends only once.
 *
 * @example
 * ```ts
 * const subscription: LocalSubscription = hub.open(readSubscribeArguments("orders", {}), registry);
 * subscription.confirm(); // when the server has the subscription
 * subscription.end({ type: "closed" });
 * ```
 */
export abstract class LocalSubscription implements Subscription {
  /** The pattern that was subscribed to. */
  readonly pattern: string;
  /** Events that wait to be consumed. */
  protected readonly buffer: SubscriptionBuffer<Event>;
  /** Services of the bus. */
  protected readonly context: SubscriptionContext;
  readonly #request: SubscriptionRequest;
  readonly #filter: SubscriptionRequest["filter"];
  readonly #readiness: Readiness = new Readiness();
  readonly #stopListening: (() => void) | undefined;
  #isOpen = true;
  #dropped = 0;

  constructor(request: SubscriptionRequest, context: SubscriptionContext) {
    const { pattern, filter, bufferSize, overflow, signal } = request;
    this.pattern = pattern;
    this.context = context;
    this.#request = request;
    this.#filter = filter;
    this.buffer = new SubscriptionBuffer(request, {
      onDropped: (count) => {
        this.#dropped += count;
        context.counters.dropped += count;
      },
      onOverflow: () => context.report({ type: "overflow", pattern, bufferSize, overflow, dropped: this.#dropped }),
    });
    if (signal !== undefined)
      this.#stopListening = onAbort(signal, () => this.end({ type: "aborted", error: signal.reason }));
  }

  get ready(): Promise<void> {
    return this.#readiness.promise;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** True until the subscription ends. */
  protected get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Number of events that wait to be consumed. */
  get waiting(): number {
    return this.buffer.size;
  }

  /** Resolves `ready`. The bus calls this method when all events published from then on reach this subscription. */
  confirm(): void {
    this.#readiness.confirm();
  }

  /** Consumes or buffers an event if the subscription is open and its filters select the event. */
  offer(event: Event): void {
    if (!this.#isOpen || (this.#filter !== undefined && !this.#isSelected(event, this.#filter)) || this.receive(event))
      return;
    const { pattern, bufferSize } = this.#request;
    this.end({ type: "failed", error: new SubscriptionOverflowError({ pattern, bufferSize }) });
  }

  /** Ends the subscription, which then ignores further events. Does nothing if the subscription has already ended. */
  end(ending: Ending): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stopListening?.();
    if (ending.type === "unsubscribed" || ending.type === "aborted") this.discard();
    this.#readiness.end(ending);
    this.context.onEnded(this);
    this.onEnd(ending);
  }

  /** Drops the events in the buffer. */
  discard(): void {
    this.buffer.discard();
  }

  /** Resolves when the handler is not running and has no more events to handle. Never rejects. */
  abstract idle(): Promise<void>;

  async unsubscribe(): Promise<void> {
    this.end({ type: "unsubscribed" });
    // A subscription that ended earlier may still have events in its buffer.
    this.discard();
  }

  /** Unsubscribes, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** Consumes or buffers an event. Returns false if the buffer is full and `overflow` is `"error"`. */
  protected abstract receive(event: Event): boolean;

  /** Called once, when the subscription has ended. */
  protected abstract onEnd(ending: Ending): void;

  #isSelected(event: Event, filter: EventFilter): boolean {
    try {
      // The filter may end the subscription.
      return filter(event) && this.#isOpen;
    } catch (error) {
      this.context.counters.failed++;
      this.context.report({ type: "filter-failed", pattern: this.pattern, event, error });
      return false;
    }
  }
}
