import type { LocalSubscription, SubscriptionSource } from "@aether/bus-kit";
import type { BusContext } from "../bus-context.ts";
import { ServerSubscription } from "./server-subscription.ts";

/**
 * Subscriptions in queue groups. The server sends each event to one member of a group, in any process. Every member has
 * its own subscription on the server. Events from the member's own bus also reach the member through the server.
 */
export class QueueMembers {
  readonly #context: BusContext;
  readonly #onServer = new Map<LocalSubscription, ServerSubscription>();

  constructor(context: BusContext) {
    this.#context = context;
  }

  /** Returns the source of events for the members of one group. */
  sourceFor(queueGroup: string): SubscriptionSource {
    return {
      add: (subscription) => {
        const group = { pattern: subscription.pattern, subscribers: [subscription] };
        this.#onServer.set(subscription, new ServerSubscription(this.#context, group, queueGroup));
      },
      remove: (subscription) => {
        this.#onServer.get(subscription)?.close();
        this.#onServer.delete(subscription);
      },
    };
  }

  /** Ends the subscriptions of all members on the server. Resolves when the events in flight to them have arrived. */
  async drain(): Promise<void> {
    await Promise.allSettled([...this.#onServer.values()].map((each) => each.drain()));
  }
}
