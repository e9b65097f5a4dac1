import type { Event, Position, ReplayError, StoredEvent } from "@aether/core";
import { decodeToken, type NatsMessage } from "@aether/nats";
import type { PositionParts } from "@aether/store-kit";
import type { Actor } from "../actor.ts";
import { LruMap } from "../lru-map.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { Positions } from "../protocol/positions.ts";
import { decodeRecord, parseRecords, stampOf } from "../protocol/records.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { DecodedMessages } from "../read/commit-decoder.ts";
import { eventSubject } from "../subjects.ts";
import type { FeedMessage } from "./feed-consumer.ts";

/** The contents of consecutive messages. */
export interface DecodedFeed {
  readonly events: readonly StoredEvent[];
  readonly errors: readonly ReplayError[];
  /** The position of the last record; `undefined` if there are no messages. */
  readonly position: Position | undefined;
}

export interface FeedDecoderOptions {
  readonly streamName: string;
  readonly positions: Positions;
  /** True if the feed is read from the first message of the stream. */
  readonly isFromBeginning: boolean;
  readonly accepts: ((event: Event) => boolean) | undefined;
  /** Decodes a message of an actor as a read of this actor does. */
  readonly decode: (actor: Actor, message: StoredMessage, afterVersion: number) => Promise<DecodedMessages>;
  /** Returns the highest version of an actor before a sequence. */
  readonly versionBefore: (actor: Actor, sequence: number) => Promise<number>;
}

interface KnownActor extends Actor {
  version: number;
}

/** Number of actors whose latest version is known. For further actors, the headers of a message are decoded. */
const KNOWN_ACTORS = 20_000;

/**
 * Decodes the messages of a feed. It rejects the same records as a read of a single actor does: those that are no
 * events, belong to another actor than their subject, or whose version does not exceed every earlier one.
 */
export class FeedDecoder {
  readonly #options: FeedDecoderOptions;
  readonly #known = new LruMap<KnownActor>(KNOWN_ACTORS);

  constructor(options: FeedDecoderOptions) {
    this.#options = options;
  }

  /**
   * Decodes messages.
   *
   * @param after - position whose record, and the earlier ones of the same message, are skipped
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async decode(messages: readonly FeedMessage[], after: PositionParts | undefined): Promise<DecodedFeed> {
    const { accepts, positions } = this.#options;
    const events: StoredEvent[] = [];
    const errors: ReplayError[] = [];
    let position: Position | undefined;
    const lastSequence = messages.at(-1)?.sequence;
    for (const { sequence, message } of messages) {
      const skipped = sequence === after?.sequence ? after.index : -1;
      const actor = this.#known.peek(message.subject) ?? (await this.#meet(message, sequence));
      const records = parseRecords(message.data);
      const stamp = stampOf(records, message.data);
      const decoded =
        decodeQuickly(records, actor) ?? (await this.#decodeThoroughly(message, sequence, actor, errors, skipped));
      actor.version = decoded.events.at(-1)?.version ?? actor.version;
      for (let each = 0; each < decoded.events.length; each++) {
        const index = decoded.indices?.[each] ?? each;
        const event = decoded.events[each] as Event;
        if (index > skipped && (accepts?.(event) ?? true))
          events.push({ event, position: positions.at(sequence, index, stamp) });
      }
      if (sequence === lastSequence) position = positions.at(sequence, records.length - 1, stamp);
    }
    return { events, errors, position };
  }

  /** Decodes a message that has malformed records, or was damaged in transit. */
  async #decodeThoroughly(
    message: NatsMessage,
    sequence: number,
    actor: KnownActor,
    errors: ReplayError[],
    skipped: number,
  ): Promise<DecodedRecords> {
    const decoded = await this.#options.decode(actor, storedMessage(message, sequence), actor.version);
    for (const error of decoded.errors)
      if (this.#options.positions.indexOf(error.position) > skipped) errors.push(error);
    return decoded;
  }

  /** Returns the actor of a subject that is not known yet. A subject that belongs to no actor gets an empty id. */
  async #meet(message: NatsMessage, sequence: number): Promise<KnownActor> {
    const { streamName, isFromBeginning, versionBefore } = this.#options;
    const { subject } = message;
    const id = decodeToken(subject.slice(subject.lastIndexOf(".") + 1));
    const actor = { id: eventSubject(streamName, id) === subject ? id : "", subject, version: 0 };
    // If nothing was forgotten yet, this is the actor's first message.
    if (actor.id !== "" && !(isFromBeginning && this.#known.evictions === 0)) {
      const span = headerSpan(storedMessage(message, sequence));
      actor.version = span === undefined ? await versionBefore(actor, sequence) : span.first - 1;
    }
    this.#known.set(subject, actor);
    return actor;
  }
}

interface DecodedRecords {
  readonly events: readonly Event[];
  /** The index of each event in the message, unless all records are events. */
  readonly indices?: readonly number[];
}

/** Decodes the records of a message, if all of them are the next events of the actor. */
function decodeQuickly(records: readonly unknown[], { id, version }: KnownActor): DecodedRecords | undefined {
  const events: Event[] = [];
  let latest = version;
  try {
    for (const record of records) {
      const event = decodeRecord(record);
      if (event.actorId !== id || event.version <= latest) return undefined;
      latest = event.version;
      events.push(event);
    }
    return { events };
  } catch {
    return undefined; // The thorough way reports the error.
  }
}

function storedMessage(message: NatsMessage, sequence: number): StoredMessage {
  return {
    sequence,
    data: message.data,
    header(name) {
      try {
        return message.headers?.get(name) || undefined;
      } catch {
        return undefined; // Clients throw if a header is malformed.
      }
    },
  };
}
