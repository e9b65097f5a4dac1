import { BroadcasterClosedError, type Event, EventTooLargeError } from "@aether/core";
import { Channels } from "./channels.ts";
import { BusDisconnectedError } from "./errors/bus-disconnected-error.ts";
import { BusPermissionError } from "./errors/bus-permission-error.ts";
import { HeldEvents } from "./held-events.ts";
import type { NatsCounters } from "./metrics.ts";
import type { ServerLink } from "./server-link.ts";
import { encodeEvent, encodeOrigin } from "./wire.ts";

/** An event on its way out. */
export interface OutgoingEvent {
  readonly namespace: string;
  readonly event: Event;
  readonly payload: Uint8Array;
}

/** What a publisher needs of its bus. */
export interface PublisherHome {
  readonly busId: string;
  readonly prefix: string;
  readonly holdUpTo: number;
  readonly counters: { published: number };
  readonly natsCounters: NatsCounters;
}

/** Sends events to the server, or holds them while there is none. */
export class Publisher {
  readonly #home: PublisherHome;
  readonly #link: ServerLink;
  readonly #channels: Channels;
  readonly #held: HeldEvents<OutgoingEvent>;
  readonly #longestHeader: number;

  constructor(home: PublisherHome, link: ServerLink) {
    this.#home = home;
    this.#link = link;
    this.#channels = new Channels(home.prefix);
    this.#held = new HeldEvents(home.holdUpTo);
    this.#longestHeader = encodeOrigin({ busId: home.busId, sequence: Number.MAX_SAFE_INTEGER }).length;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Sends a complete event to a valid namespace, or holds it. When it returns, that is done; what it returns resolves when
   * the server has the event, and rejects when that is not, or not surely, so.
   *
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_BUS_DISCONNECTED`, `AETHER_BROADCASTER_CLOSED`; nothing was sent or held
   */
  publish(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void> {
    const outgoing: OutgoingEvent = { namespace, event, payload: encodeEvent(event) };
    if (this.#link.isUp) return this.#send(outgoing);
    this.#checkSize(outgoing);
    if (this.#held.isFull) {
      this.#home.natsCounters.refused++;
      throw new BusDisconnectedError({ namespace, eventId: event.id, sent: false });
    }
    return this.#held.hold(outgoing, signal);
  }

  /** The connection is back: what was held goes out, in order. */
  releaseHeld(): void {
    this.#held.release(async (outgoing) => this.#send(outgoing));
  }

  /** What is held will never go out. */
  rejectHeld(cause: unknown): void {
    this.#held.release(async ({ namespace, event }) => {
      this.#home.natsCounters.refused++;
      throw new BusDisconnectedError({ namespace, eventId: event.id, sent: false, cause });
    });
  }

  #send(outgoing: OutgoingEvent): Promise<void> {
    this.#checkSize(outgoing);
    const channel = this.#channels.get(outgoing.namespace);
    const header = encodeOrigin({ busId: this.#home.busId, sequence: channel.sent + 1 });
    const { connection } = this.#link;
    try {
      connection.publish(channel.subject, outgoing.payload, { headers: { encode: () => header } });
    } catch (cause) {
      // What is wrong with an event was refused before: the client is closed or about to be.
      throw new BroadcasterClosedError({ cause });
    }
    channel.sent++;
    this.#home.counters.published++;
    return this.#confirm(outgoing, channel.subject);
  }

  async #confirm({ namespace, event }: OutgoingEvent, subject: string): Promise<void> {
    const refusals = await this.#link.confirmed().catch((cause: unknown) => {
      this.#home.natsCounters.unconfirmed++;
      throw new BusDisconnectedError({ namespace, eventId: event.id, sent: true, cause });
    });
    if (!refusals.has(subject)) return;
    this.#home.natsCounters.refused++;
    throw new BusPermissionError({ operation: "publish", namespace, subject, cause: refusals.get(subject) });
  }

  #checkSize({ event, payload }: OutgoingEvent): void {
    const sizeBytes = payload.length + this.#longestHeader;
    const limitBytes = this.#link.maxPayloadBytes;
    if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId: event.actorId, sizeBytes, limitBytes });
  }
}
