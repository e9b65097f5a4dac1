import type { Event } from "@aether/core";
import type { Ending } from "./ending.ts";
import { LocalSubscription, type SubscriptionContext } from "./local-subscription.ts";
import { isThenable, runCallback } from "./status.ts";
import type { EventHandler, SubscriptionRequest } from "./subscription-request.ts";

/**
 * A subscription with a handler. Calls to the handler do not overlap: events wait while a call runs or the promise that
 * the call returned is pending. The handler's errors are passed to `onError`. Without `onError`, they are reported
 * to `onStatus`. Other subscriptions are unaffected.
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
  readonly #onIdle: (() => void)[] = [];
  /** True while a call runs or its promise is pending. If false, the buffer is empty. */
  #isBusy = false;
  /** The error that ended the subscription, until the error is reported. */
  #failure: { readonly error: unknown } | undefined;

  constructor(request: SubscriptionRequest & { readonly handler: EventHandler }, context: SubscriptionContext) {
    super(request, context);
    this.#handler = request.handler;
    this.#onError = request.onError;
  }

  override async idle(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  protected override receive(event: Event): boolean {
    if (this.#isBusy) return this.buffer.push(event);
    this.#isBusy = true;
    const pending = this.#call(event);
    if (pending !== undefined || this.buffer.size > 0 || !this.isOpen) this.#continueAfter(pending);
    else this.#isBusy = false;
    return true;
  }

  /** If an error ended the subscription, reports it once the handler has received the buffered events. */
  protected override onEnd(ending: Ending): void {
    if (ending.type !== "failed") return;
    this.#failure = ending;
    if (!this.#isBusy) this.#becomeIdle();
  }

  /** Waits for the pending call, if there is one, and then calls the handler with the buffered events. */
  #continueAfter(pending: Promise<void> | undefined): void {
    let call = pending;
    while (call === undefined) {
      const event = this.buffer.shift();
      if (event === undefined) {
        this.#becomeIdle();
        return;
      }
      call = this.#call(event);
    }
    void call.then(() => this.#continueAfter(undefined));
  }

  #becomeIdle(): void {
    this.#isBusy = false;
    if (this.#failure !== undefined) {
      this.context.report({ type: "subscription-failed", pattern: this.pattern, error: this.#failure.error });
      this.#failure = undefined;
    }
    if (this.#onIdle.length > 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Calls the handler. Returns a promise that never rejects, or `undefined` if the handler returned no promise. */
  #call(event: Event): Promise<void> | undefined {
    this.context.counters.delivered++;
    try {
      const result = this.#handler(event);
      if (result === undefined || !isThenable(result)) return undefined;
      return Promise.resolve(result).then(
        () => {},
        (error: unknown) => this.#handleError(error, event),
      );
    } catch (error) {
      this.#handleError(error, event);
      return undefined;
    }
  }

  #handleError(error: unknown, event: Event): void {
    this.context.counters.failed++;
    const report = (reported: unknown): void =>
      this.context.report({ type: "handler-failed", pattern: this.pattern, event, error: reported });
    const onError = this.#onError;
    if (onError === undefined) report(error);
    else runCallback(() => onError(error, event), report);
  }
}
