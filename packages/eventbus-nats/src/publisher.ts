import { BusClosedError, type Event, EventTooLargeError } from "@aether/core";
import { type Channel, Channels } from "./channels.ts";
import type { Refusals, Waiter } from "./confirmations.ts";
import { BusDisconnectedError } from "./errors/bus-disconnected-error.ts";
import { BusPermissionError } from "./errors/bus-permission-error.ts";
import { HeldEvents } from "./held-events.ts";
import type { NatsCounters } from "./metrics.ts";
import type { ServerLink } from "./server-link.ts";
import { type EncodedMessage, encodeMessage } from "./wire.ts";

/** What a publisher needs of its bus. */
export interface PublisherHome {
  readonly busId: string;
  readonly prefix: string;
  readonly holdUpTo: number;
  readonly counters: { published: number };
  readonly natsCounters: NatsCounters;
}

interface Outgoing {
  readonly namespace: string;
  readonly event: Event;
}

/** Sends events to the server, or holds them while there is none. */
export class Publisher {
  readonly #home: PublisherHome;
  readonly #link: ServerLink;
  readonly #channels: Channels;
  readonly #held: HeldEvents<Outgoing>;

  constructor(home: PublisherHome, link: ServerLink) {
    this.#home = home;
    this.#link = link;
    this.#channels = new Channels(home.prefix);
    this.#held = new HeldEvents(home.holdUpTo);
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Sends a complete event to a valid namespace, or holds it. When it returns, that is done; what it returns resolves when
   * the server has the event, and rejects when that is not, or not surely, so.
   *
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_BUS_DISCONNECTED`, `AETHER_BUS_CLOSED`; nothing was sent or held
   */
  publish(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void> {
    if (this.#link.isUp) return this.#send({ namespace, event });
    if (this.#held.isFull) throw this.#notSent({ namespace, event });
    this.#encode(event, { generation: Number.MAX_SAFE_INTEGER, sent: Number.MAX_SAFE_INTEGER - 1 });
    return this.#held.hold({ namespace, event }, signal);
  }

  /** The connection is back: what was held goes out, in order. */
  releaseHeld(): void {
    this.#held.release(async (outgoing) => this.#send(outgoing));
  }

  /** What is held will never go out. */
  rejectHeld(cause: unknown): void {
    this.#held.release(async (outgoing) => {
      throw this.#notSent(outgoing, cause);
    });
  }

  #send(outgoing: Outgoing): Promise<void> {
    const channel = this.#channels.get(outgoing.namespace);
    const { header, payload } = this.#encode(outgoing.event, channel);
    try {
      this.#link.connection.publish(channel.subject, payload, { headers: { encode: () => header } });
    } catch (cause) {
      // What is wrong with an event was refused before: the client is closed or about to be.
      throw new BusClosedError({ cause });
    }
    channel.sent++;
    this.#home.counters.published++;
    return new Promise((resolve, reject) => {
      this.#link.wait(new Sent(outgoing, channel.subject, this.#home.natsCounters, resolve, reject));
    });
  }

  #encode(event: Event, { generation, sent }: Pick<Channel, "generation" | "sent">): EncodedMessage {
    const message = encodeMessage({ busId: this.#home.busId, generation, sequence: sent + 1 }, event);
    const sizeBytes = message.header.length + message.payload.length;
    const limitBytes = this.#link.maxPayloadBytes;
    if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId: event.actorId, sizeBytes, limitBytes });
    return message;
  }

  #notSent({ namespace, event }: Outgoing, cause?: unknown): BusDisconnectedError {
    this.#home.natsCounters.refused++;
    return new BusDisconnectedError({ namespace, eventId: event.id, sent: false, cause });
  }
}

/** An event that was sent, until it is known whether the server has it. */
class Sent implements Waiter {
  readonly #outgoing: Outgoing;
  readonly #subject: string;
  readonly #counters: NatsCounters;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    outgoing: Outgoing,
    subject: string,
    counters: NatsCounters,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#outgoing = outgoing;
    this.#subject = subject;
    this.#counters = counters;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  confirmed(refusals: Refusals): void {
    const subject = this.#subject;
    if (!refusals.has(subject)) {
      this.#resolve();
      return;
    }
    const { namespace } = this.#outgoing;
    this.#counters.refused++;
    this.#reject(new BusPermissionError({ operation: "publish", namespace, subject, cause: refusals.get(subject) }));
  }

  failed(cause: unknown): void {
    const { namespace, event } = this.#outgoing;
    this.#counters.unconfirmed++;
    this.#reject(new BusDisconnectedError({ namespace, eventId: event.id, sent: true, cause }));
  }
}
