import type { SubscriberList, SubscriptionHub } from "@aether/bus-kit";
import { BusClosedError } from "@aether/core";
import type { ClientSubscribeOptions, ClientSubscription, NatsConnection } from "@aether/nats";
import { BusPermissionError } from "./errors/bus-permission-error.ts";
import { Receiver, type ReceiverHome } from "./receiver.ts";
import { subjectFor } from "./subjects.ts";

/** What the subscriptions on the server need of their bus. */
export interface ServerSubscriptionHome extends ReceiverHome {
  readonly connection: NatsConnection;
  readonly hub: SubscriptionHub;
}

/** Those here for whom a subscription on the server is. They may come and go. */
export interface Audience {
  readonly pattern: string;
  readonly subscribers: SubscriberList;
}

/** One subscription on the server: brings its audience the events of its pattern. The client makes it anew after a reconnect. */
export class ServerSubscription {
  readonly #connection: NatsConnection;
  readonly #subscription: ClientSubscription;
  #hasEnded = false;

  /**
   * @param queueGroup - with it, the server sends each event to one member of the group
   * @throws `AETHER_BUS_CLOSED` when the connection is closed or draining
   */
  constructor(home: ServerSubscriptionHome, audience: Audience, queueGroup?: string) {
    const { connection, hub, prefix } = home;
    const subject = subjectFor(prefix, audience.pattern);
    const receiver = new Receiver(home, audience.pattern, queueGroup === undefined ? "others" : "everyone");
    const callback: ClientSubscribeOptions["callback"] = (error, message) => {
      if (error !== null) {
        this.#denied(audience, subject, error);
        return;
      }
      const event = receiver.receive(message);
      if (event !== undefined) hub.deliver(audience.subscribers, event);
    };
    this.#connection = connection;
    try {
      this.#subscription = connection.subscribe(
        subject,
        queueGroup === undefined ? { callback } : { callback, queue: queueGroup },
      );
    } catch (cause) {
      throw new BusClosedError({ cause });
    }
  }

  /** Ends it at once. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (!this.#connection.isClosed()) this.#subscription.unsubscribe();
  }

  /** Ends it, and resolves when what was under way has arrived. */
  async drain(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#subscription.drain();
  }

  /** The server does not allow it: the client has ended it already. */
  #denied({ pattern, subscribers }: Audience, subject: string, cause: unknown): void {
    this.#hasEnded = true;
    const error = new BusPermissionError({ operation: "subscribe", namespace: pattern, subject, cause });
    for (const subscription of subscribers) subscription.end({ type: "failed", error });
  }
}
