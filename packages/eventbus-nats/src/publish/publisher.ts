import { type Event, EventTooLargeError } from "@aether/core";
import type { BusContext } from "../bus-context.ts";
import { BusDisconnectedError } from "../errors.ts";
import { type EncodedMessage, encodeMessage } from "../wire.ts";
import { type Channel, Channels } from "./channels.ts";
import { HeldEvents } from "./held-events.ts";
import { type OutgoingEvent, PendingPublish } from "./pending-publish.ts";

/** A channel with the longest possible header. */
const longestHeader = { generation: Number.MAX_SAFE_INTEGER, sent: Number.MAX_SAFE_INTEGER - 1 };

/** Sends events to the server, or holds them while the connection is lost. */
export class Publisher {
  readonly #context: BusContext;
  readonly #channels: Channels;
  readonly #held: HeldEvents<OutgoingEvent>;

  /** @param holdUpTo - maximum number of events to hold while the connection is lost */
  constructor(context: BusContext, holdUpTo: number) {
    this.#context = context;
    this.#channels = new Channels(context.prefix);
    this.#held = new HeldEvents(holdUpTo);
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Sends or holds a complete event for a valid namespace before the call returns. The promise resolves when the server
   * has received and accepted the event. Otherwise it rejects.
   *
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_BUS_DISCONNECTED` or `AETHER_BUS_CLOSED`, synchronously, if the event was
   * neither sent nor held
   */
  publish(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void> {
    const outgoing = { namespace, event };
    if (this.#context.link.isConnected) return this.#send(outgoing);
    if (this.#held.isFull) throw this.#notSent(outgoing);
    this.#encode(event, longestHeader); // throws if the event is too large to send later
    return this.#held.hold(outgoing, signal);
  }

  /** Sends the held events in order. Called when the connection is back. */
  releaseHeld(): void {
    this.#held.release(async (outgoing) => this.#send(outgoing));
  }

  /** Rejects the held events. Called when they can no longer be sent. */
  rejectHeld(cause: unknown): void {
    this.#held.release(async (outgoing) => {
      throw this.#notSent(outgoing, cause);
    });
  }

  #send(outgoing: OutgoingEvent): Promise<void> {
    const { link, hub, natsCounters } = this.#context;
    const channel = this.#channels.get(outgoing.namespace);
    const message = this.#encode(outgoing.event, channel);
    const pending = new PendingPublish(outgoing, channel.subject, natsCounters);
    link.send(channel.subject, message, pending);
    channel.sent++;
    hub.counters.published++;
    return pending.promise;
  }

  #encode(event: Event, { generation, sent }: Pick<Channel, "generation" | "sent">): EncodedMessage {
    const { busId, link } = this.#context;
    const message = encodeMessage({ busId, generation, sequence: sent + 1 }, event);
    const sizeBytes = message.header.length + message.payload.length;
    const limitBytes = link.maxMessageBytes;
    if (sizeBytes > limitBytes) throw new EventTooLargeError({ actorId: event.actorId, sizeBytes, limitBytes });
    return message;
  }

  #notSent({ namespace, event }: OutgoingEvent, cause?: unknown): BusDisconnectedError {
    this.#context.natsCounters.rejected++;
    return new BusDisconnectedError({ namespace, eventId: event.id, sent: false, cause });
  }
}
