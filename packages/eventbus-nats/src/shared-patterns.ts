import { type LocalSubscription, PatternRegistry, type SubscriberList, type SubscriptionSource } from "@aether/bus-kit";
import { ServerSubscription, type ServerSubscriptionHome } from "./server-subscription.ts";

/**
 * Subscriptions that get every event: from this bus at once, from others through the server, with one subscription there
 * for each pattern, however many there are of it here.
 */
export class SharedPatterns implements SubscriptionSource {
  readonly #home: ServerSubscriptionHome;
  readonly #registry = new PatternRegistry();
  readonly #onServer = new Map<string, ServerSubscription>();

  constructor(home: ServerSubscriptionHome) {
    this.#home = home;
  }

  /** The subscriptions that get what this bus publishes. @throws `AETHER_INVALID_NAMESPACE` */
  matching(namespace: string): SubscriberList {
    return this.#registry.matching(namespace);
  }

  add(subscription: LocalSubscription): void {
    const { pattern } = subscription;
    const group = this.#registry.add(subscription);
    if (!this.#onServer.has(pattern)) this.#onServer.set(pattern, new ServerSubscription(this.#home, group));
  }

  remove(subscription: LocalSubscription): void {
    if (!this.#registry.remove(subscription)) return;
    this.#onServer.get(subscription.pattern)?.close();
    this.#onServer.delete(subscription.pattern);
  }
}
