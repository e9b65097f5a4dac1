import { Deadline } from "../protocol/ask-again.ts";
import { headerSpan } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { Heads } from "../read/heads.ts";
import { type DeliveredMessage, Pull } from "../read/pull.ts";
import { actorIdOf, eventSubjects } from "../subjects.ts";
import type { Floors } from "./floors.ts";

export interface FloorFillParts {
  readonly link: Link;
  /** The event stream. */
  readonly api: JetStreamApi;
  readonly streamName: string;
  readonly floors: Floors;
  readonly heads: Heads;
  readonly sizes: MessageSizes;
  /** Unique among the stores of the stream. */
  readonly consumerName: string;
  readonly timeoutMs: number;
}

const CHUNK_SIZE = 1_000;
const WRITES_AT_ONCE = 200;

/**
 * Writes the version floors that are missing. Events are stored without floors as long as the retention is not finite,
 * and floors are lost if their stream is deleted.
 */
export class FloorFill {
  readonly #parts: FloorFillParts;
  #count = 0;

  constructor(parts: FloorFillParts) {
    this.#parts = parts;
  }

  /**
   * Gives every actor with events a floor, unless an earlier call has completed this.
   *
   * @param isRepeated - true to do it again, because events were stored without floors since
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`
   */
  async complete(isRepeated = false): Promise<void> {
    const { floors, timeoutMs } = this.#parts;
    if (!isRepeated && (await floors.areComplete(timeoutMs))) return;
    await this.after(0);
    await floors.markComplete(timeoutMs);
  }

  /**
   * Gives every actor with events after a sequence a floor. The time limit restarts after each chunk of messages.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, `AETHER_STREAM_NOT_FOUND`
   */
  async after(sequence: number): Promise<void> {
    const { link, api, streamName, sizes, consumerName, timeoutMs } = this.#parts;
    const subject = eventSubjects(streamName);
    const pull = new Pull(link, api, `${consumerName}-${++this.#count}`, sizes.chunkBytes(subject));
    try {
      const first = { isEarly: false, graceMs: 0, onUnanswered: () => {} };
      const from = sequence === 0 ? "last" : sequence + 1;
      await pull.open({ subject, from, isHeadersOnly: true }, CHUNK_SIZE, first, timeoutMs);
      for (;;) {
        const { messages, end } = await pull.chunk(new Deadline(timeoutMs));
        if (end === "broken") throw new NoReplyError("time-out", subject);
        if (messages.length === 0) return;
        await this.#raise(messages);
        pull.request(CHUNK_SIZE);
      }
    } finally {
      pull.close();
    }
  }

  async #raise(messages: readonly DeliveredMessage[]): Promise<void> {
    const lastOf = new Map(messages.map((message) => [message.subject, message]));
    const last = [...lastOf.values()];
    for (let first = 0; first < last.length; first += WRITES_AT_ONCE) {
      await Promise.all(last.slice(first, first + WRITES_AT_ONCE).map((message) => this.#raiseFor(message)));
    }
  }

  async #raiseFor(message: DeliveredMessage): Promise<void> {
    const { floors, heads, timeoutMs } = this.#parts;
    const actor = { id: actorIdOf(message.subject), subject: message.subject };
    const deadline = new Deadline(timeoutMs);
    const version = headerSpan(message)?.last ?? (await heads.current(actor, deadline)).head.version;
    if (version > 0) await floors.add(actor, version, deadline);
  }
}
