import type { LocalSubscription, SubscriptionSource } from "@aether/bus-kit";
import { ServerSubscription, type ServerSubscriptionHome } from "./server-subscription.ts";

/**
 * Subscriptions that share work: each event goes to one member of a queue group, wherever it is. The server picks it, so
 * each member has a subscription there, and gets what its own bus publishes from there, too.
 */
export class QueueMembers {
  readonly #home: ServerSubscriptionHome;
  readonly #onServer = new Map<LocalSubscription, ServerSubscription>();

  constructor(home: ServerSubscriptionHome) {
    this.#home = home;
  }

  /** The source of the members of one group. */
  of(queueGroup: string): SubscriptionSource {
    return {
      add: (subscription) => {
        const audience = { pattern: subscription.pattern, subscribers: [subscription] };
        this.#onServer.set(subscription, new ServerSubscription(this.#home, audience, queueGroup));
      },
      remove: (subscription) => {
        this.#onServer.get(subscription)?.close();
        this.#onServer.delete(subscription);
      },
    };
  }

  /** Takes no more work, and resolves when what was given before has arrived: nobody else gets it. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#onServer.values()].map((each) => each.drain()));
  }
}
