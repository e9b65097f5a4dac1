import type { Event } from "@aether/core";
import { BusDisconnectedError, BusPermissionError } from "../errors.ts";
import type { NatsCounters } from "../metrics.ts";
import type { Denials, Waiter } from "../server/confirmations.ts";

/** An event and the namespace to publish it to. */
export interface OutgoingEvent {
  readonly namespace: string;
  readonly event: Event;
}

/** A sent event that waits until the server confirms or denies it, or the connection is lost. */
export class PendingPublish implements Waiter {
  /** Resolves when the server has the event. */
  readonly promise: Promise<void>;
  readonly #outgoing: OutgoingEvent;
  readonly #subject: string;
  readonly #counters: NatsCounters;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(outgoing: OutgoingEvent, subject: string, counters: NatsCounters) {
    this.#outgoing = outgoing;
    this.#subject = subject;
    this.#counters = counters;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  confirmed(denials: Denials): void {
    const subject = this.#subject;
    if (!denials.has(subject)) {
      this.#resolve();
      return;
    }
    const { namespace } = this.#outgoing;
    this.#counters.rejected++;
    this.#reject(new BusPermissionError({ operation: "publish", namespace, subject, cause: denials.get(subject) }));
  }

  failed(cause: unknown): void {
    const { namespace, event } = this.#outgoing;
    this.#counters.unconfirmed++;
    this.#reject(new BusDisconnectedError({ namespace, eventId: event.id, sent: true, cause }));
  }
}
