import type { PatternGroup } from "@aether/bus-kit";
import type { ClientSubscribeOptions, ClientSubscription } from "@aether/nats";
import type { BusContext } from "../bus-context.ts";
import { BusPermissionError } from "../errors.ts";
import type { ServerLink } from "../server/server-link.ts";
import { subjectFor } from "../subjects.ts";
import { Receiver } from "./receiver.ts";

/** One subscription on the server. It delivers events to a group of local subscriptions to the same pattern. */
export class ServerSubscription {
  readonly #link: ServerLink;
  readonly #subscription: ClientSubscription;
  #hasEnded = false;

  /**
   * @param group - the local subscriptions, which may change over time
   * @param queueGroup - if given, the server sends each event to only one member of this queue group
   * @throws `AETHER_BUS_CLOSED` if the connection is closed or draining
   */
  constructor(context: BusContext, group: PatternGroup, queueGroup?: string) {
    const { hub, link, prefix } = context;
    const subject = subjectFor(prefix, group.pattern);
    const receiver = new Receiver(context, group.pattern, queueGroup !== undefined);
    const callback: ClientSubscribeOptions["callback"] = (error, message) => {
      if (error !== null) {
        this.#onDenied(group, subject, error);
        return;
      }
      const event = receiver.receive(message);
      if (event !== undefined) hub.deliver(group.subscribers, event);
    };
    this.#link = link;
    this.#subscription = link.subscribe(
      subject,
      queueGroup === undefined ? { callback } : { callback, queue: queueGroup },
    );
  }

  /** Ends the subscription immediately. */
  close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#link.unsubscribe(this.#subscription);
  }

  /** Ends the subscription. Resolves when the messages in flight to it have arrived. */
  async drain(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#subscription.drain();
  }

  /** Ends the local subscriptions with an error. The client has already ended the denied subscription on the server. */
  #onDenied({ pattern, subscribers }: PatternGroup, subject: string, cause: unknown): void {
    this.#hasEnded = true;
    const error = new BusPermissionError({ operation: "subscribe", namespace: pattern, subject, cause });
    for (const subscription of subscribers) subscription.end({ type: "failed", error });
  }
}
