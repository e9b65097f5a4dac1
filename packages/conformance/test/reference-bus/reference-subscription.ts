import { type Event, type EventSubscription, SubscriptionOverflowError, SubscriptionUsedError } from "@aether/core";
import type { SubscribeRequest } from "./subscribe-request.ts";

/** The way in which a subscription ended. */
export interface Ending {
  /** The error that a loop gets after the buffered events. It is wrapped in an object because it may be `undefined`. */
  readonly failure?: { readonly error: unknown };
}

const done: IteratorResult<Event, undefined> = { done: true, value: undefined };

/** A simple and correct subscription. It consists of small methods that mutants override. */
export class ReferenceSubscription implements EventSubscription {
  readonly pattern: string;
  dropped = 0;
  /** True when the subscription also gets events from other buses. */
  isOnChannel = false;
  ready: Promise<void> = Promise.resolve();
  protected readonly request: SubscribeRequest;
  protected readonly onEnd: (subscription: ReferenceSubscription) => void;
  protected waiting: Event[] = [];
  protected ending: Ending | undefined;
  protected used = false;
  protected takers: (() => void)[] = [];
  /** The pending calls to the handler, or `undefined` if there are none. */
  protected running: Promise<void> | undefined;
  readonly #onAbort = (): void => this.abort(this.request.signal?.reason);

  constructor(request: SubscribeRequest, onEnd: (subscription: ReferenceSubscription) => void) {
    this.pattern = request.pattern;
    this.request = request;
    this.onEnd = onEnd;
    request.signal?.addEventListener("abort", this.#onAbort);
  }

  offer(event: Event): void {
    // The filter may end the subscription.
    if (this.ending !== undefined || !this.wants(event) || this.hasEnded()) return;
    if (this.waiting.length < this.request.bufferSize) this.waiting.push(event);
    else this.overflow(event);
    this.wake();
  }

  protected hasEnded(): boolean {
    return this.ending !== undefined;
  }

  protected wants(event: Event): boolean {
    const { eventTypes, actorId, actorIdPrefix, filter } = this.request;
    try {
      return (
        (eventTypes === undefined || eventTypes.includes(event.eventType)) &&
        (actorId === undefined || event.actorId === actorId) &&
        (actorIdPrefix === undefined || event.actorId.startsWith(actorIdPrefix)) &&
        (filter === undefined || filter(event))
      );
    } catch {
      return false;
    }
  }

  protected overflow(event: Event): void {
    this.dropped++;
    switch (this.request.overflow) {
      case "error":
        this.end({ failure: { error: new SubscriptionOverflowError(this.request) } });
        return;
      case "drop-oldest":
        this.waiting.shift();
        this.waiting.push(event);
    }
  }

  protected wake(): void {
    if (this.request.handler !== undefined) this.running ??= this.run();
    for (const taker of this.takers.splice(0)) taker();
  }

  /** Calls the handler with one buffered event at a time. */
  protected async run(): Promise<void> {
    for (let event = this.waiting.shift(); event !== undefined; event = this.waiting.shift()) await this.call(event);
    this.running = undefined;
  }

  protected async call(event: Event): Promise<void> {
    try {
      await this.request.handler?.(event);
    } catch (error) {
      await this.reportError(error, event);
    }
  }

  protected async reportError(error: unknown, event: Event): Promise<void> {
    try {
      await (this.request.onError?.(error, event) as unknown);
    } catch {
      // Errors that onError throws are ignored.
    }
  }

  /** Resolves when no call to the handler is pending. */
  async idle(): Promise<void> {
    await this.running;
  }

  [Symbol.asyncIterator](): AsyncIterator<Event, undefined, undefined> {
    if (this.used) throw new SubscriptionUsedError(this);
    this.used = true;
    return { next: () => this.next(), return: () => this.leave() };
  }

  protected async next(): Promise<IteratorResult<Event, undefined>> {
    for (;;) {
      const event = this.waiting.shift();
      if (event !== undefined) return { done: false, value: event };
      if (this.ending !== undefined) return this.finish(this.ending);
      await new Promise<void>((resolve) => this.takers.push(resolve));
    }
  }

  protected finish({ failure }: Ending): IteratorResult<Event, undefined> {
    this.ending = {};
    if (failure !== undefined) throw failure.error;
    return done;
  }

  protected async leave(): Promise<IteratorResult<Event, undefined>> {
    await this.unsubscribe();
    return done;
  }

  /** Ends the subscription. A loop still gets the buffered events. */
  end(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.request.signal?.removeEventListener("abort", this.#onAbort);
    this.onEnd(this);
    this.wake();
  }

  protected abort(error: unknown): void {
    this.discard();
    this.end({ failure: { error } });
  }

  protected discard(): void {
    this.dropped += this.waiting.length;
    this.waiting = [];
  }

  async unsubscribe(): Promise<void> {
    this.discard();
    this.end({});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }
}
