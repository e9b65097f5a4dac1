import type { LocalSubscription, PatternRegistry, SubscriptionSource } from "@aether/bus-kit";
import type { BusContext } from "../bus-context.ts";
import { ServerSubscription } from "./server-subscription.ts";

/**
 * Source of events for subscriptions outside queue groups. Local subscriptions to the same pattern share one
 * subscription on the server, which delivers events from other buses. Events from this bus reach the local
 * subscriptions directly, through the registry.
 */
export class SharedPatterns implements SubscriptionSource {
  readonly #context: BusContext;
  readonly #registry: PatternRegistry;
  readonly #onServer = new Map<string, ServerSubscription>();

  constructor(context: BusContext, registry: PatternRegistry) {
    this.#context = context;
    this.#registry = registry;
  }

  add(subscription: LocalSubscription): void {
    const { pattern } = subscription;
    const group = this.#registry.add(subscription);
    if (!this.#onServer.has(pattern)) this.#onServer.set(pattern, new ServerSubscription(this.#context, group));
  }

  remove(subscription: LocalSubscription): void {
    if (!this.#registry.remove(subscription)) return;
    this.#onServer.get(subscription.pattern)?.close();
    this.#onServer.delete(subscription.pattern);
  }
}
