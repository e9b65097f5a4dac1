import type { Event } from "@aether/core";
import type { Ending } from "./ending.ts";
import { LocalSubscription, type SubscriptionHome } from "./local-subscription.ts";
import { guarded, isThenable } from "./status.ts";
import type { EventHandler, SubscriptionRequest } from "./subscription-request.ts";

/**
 * A subscription with a handler. Its calls do not overlap: while one runs, or a promise that it returned is pending,
 * events wait. What it throws is told to its `onError`, or reported; nobody else notices.
 *
 * @example
 * ```ts
 * const handler: EventHandler = (event) => console.log(event);
 * hub.open(readSubscribeArguments("orders", handler), registry) instanceof HandlerSubscription; // true
 * ```
 */
export class HandlerSubscription extends LocalSubscription {
  readonly #handler: EventHandler;
  readonly #onError: SubscriptionRequest["onError"];
  readonly #whenIdle: (() => void)[] = [];
  /** While it is false, nothing waits. */
  #running = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(request: SubscriptionRequest & { readonly handler: EventHandler }, home: SubscriptionHome) {
    super(request, home);
    this.#handler = request.handler;
    this.#onError = request.onError;
  }

  override async idle(): Promise<void> {
    if (this.#running) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  protected override receive(event: Event): boolean {
    if (this.#running) return this.inbox.put(event) !== "refused";
    this.#running = true;
    const pending = this.#call(event);
    if (pending !== undefined || this.inbox.size > 0 || !this.isOpen) this.#goOn(pending);
    else this.#running = false;
    return true;
  }

  /** Reports an error that it ended by. */
  protected override onEnd(ending: Ending): void {
    if (ending.type !== "failed") return;
    this.#failure = ending;
    if (!this.#running) this.#rest();
  }

  /** Waits for the call that is pending, if there is one, and calls the handler with what waits. */
  #goOn(pending: Promise<void> | undefined): void {
    let call = pending;
    while (call === undefined) {
      const event = this.inbox.take();
      if (event === undefined) {
        this.#rest();
        return;
      }
      call = this.#call(event);
    }
    void call.then(() => this.#goOn(undefined));
  }

  #rest(): void {
    this.#running = false;
    if (this.#failure !== undefined) {
      this.home.report({ type: "subscription-failed", pattern: this.pattern, error: this.#failure.error });
      this.#failure = undefined;
    }
    if (this.#whenIdle.length > 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Calls the handler. The promise, if there is one to wait for, never rejects. */
  #call(event: Event): Promise<void> | undefined {
    this.home.counters.delivered++;
    try {
      const result = this.#handler(event);
      if (result === undefined || !isThenable(result)) return undefined;
      return Promise.resolve(result).then(
        () => {},
        (error: unknown) => this.#failed(error, event),
      );
    } catch (error) {
      this.#failed(error, event);
      return undefined;
    }
  }

  #failed(error: unknown, event: Event): void {
    this.home.counters.failed++;
    const report = (reported: unknown): void =>
      this.home.report({ type: "handler-failed", pattern: this.pattern, event, error: reported });
    const onError = this.#onError;
    if (onError === undefined) report(error);
    else guarded(() => onError(error, event), report);
  }
}
