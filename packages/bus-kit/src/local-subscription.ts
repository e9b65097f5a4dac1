import { type Event, type Subscription, SubscriptionOverflowError } from "@aether/core";
import type { Counters } from "./counters.ts";
import type { Ending } from "./ending.ts";
import { Inbox } from "./inbox.ts";
import { Readiness } from "./readiness.ts";
import type { Report, SubscriptionStatus } from "./status.ts";
import type { SubscriptionRequest } from "./subscription-request.ts";

/** What a subscription needs of its bus. */
export interface SubscriptionHome {
  /** What is counted, in all. */
  readonly counters: Counters;
  /** Hears what needs attention. */
  readonly report: Report<SubscriptionStatus>;
  /** The subscription has ended and takes nothing any more. Called once. */
  ended(subscription: LocalSubscription): void;
}

/**
 * One subscription, whatever takes its events.
 *
 * @example
 * ```ts
 * const subscription: LocalSubscription = hub.open(readSubscribeArguments("orders", {}), registry);
 * subscription.confirm(); // when the server has it
 * subscription.end({ type: "closed" });
 * ```
 */
export abstract class LocalSubscription implements Subscription {
  /** What was subscribed to. */
  readonly pattern: string;
  /** What waits to be taken. */
  protected readonly inbox: Inbox<Event>;
  /** The bus, as far as it concerns a subscription. */
  protected readonly home: SubscriptionHome;
  readonly #request: SubscriptionRequest;
  readonly #filter: SubscriptionRequest["filter"];
  readonly #readiness: Readiness = new Readiness();
  readonly #onAbort = (): void => this.end({ type: "aborted", error: this.#request.signal?.reason });
  #isOpen = true;
  #dropped = 0;

  constructor(request: SubscriptionRequest, home: SubscriptionHome) {
    const { pattern, filter, bufferSize, overflow, signal } = request;
    this.pattern = pattern;
    this.home = home;
    this.#request = request;
    this.#filter = filter;
    this.inbox = new Inbox(
      request,
      (count) => {
        this.#dropped += count;
        home.counters.dropped += count;
      },
      () => home.report({ type: "overflow", pattern, bufferSize, overflow, dropped: this.#dropped }),
    );
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get ready(): Promise<void> {
    return this.#readiness.promise;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Takes events: it has not ended. */
  protected get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many events wait to be taken. */
  get waiting(): number {
    return this.inbox.size;
  }

  /** Everything that is published from now on, by anyone, is offered. */
  confirm(): void {
    this.#readiness.confirm();
  }

  /** Takes an event, if it is open and its filters let the event through. */
  offer(event: Event): void {
    if (!this.#isOpen || (this.#filter !== undefined && !this.#wants(event)) || this.receive(event)) return;
    const { pattern, bufferSize } = this.#request;
    this.end({ type: "failed", error: new SubscriptionOverflowError({ pattern, bufferSize }) });
  }

  /** Ends it, once: nothing that is offered later is taken. */
  end(ending: Ending): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#request.signal?.removeEventListener("abort", this.#onAbort);
    if (ending.type === "unsubscribed" || ending.type === "aborted") this.discard();
    this.#readiness.end(ending);
    this.home.ended(this);
    this.onEnd(ending);
  }

  /** Drops what waits. */
  discard(): void {
    this.inbox.discard();
  }

  /** Resolves when nothing will be taken any more unless somebody asks for it. Never rejects. */
  abstract idle(): Promise<void>;

  async unsubscribe(): Promise<void> {
    this.end({ type: "unsubscribed" });
    // It may have ended before and left something to take.
    this.discard();
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /** Hands an event on or keeps it; false if it neither fitted nor may be dropped. */
  protected abstract receive(event: Event): boolean;

  /** Called once, when it has ended. */
  protected abstract onEnd(ending: Ending): void;

  #wants(event: Event): boolean {
    try {
      return this.#filter?.(event) ?? true;
    } catch (error) {
      this.home.counters.failed++;
      this.home.report({ type: "filter-failed", pattern: this.pattern, event, error });
      return false;
    }
  }
}
