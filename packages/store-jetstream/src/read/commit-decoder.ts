import type { Actor } from "../actor.ts";
import { LruMap } from "../lru-map.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { type DecodedCommits, decodeCommits } from "../protocol/decode-commits.ts";
import type { Positions } from "../protocol/positions.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { SingleMessages } from "./single-messages.ts";

/** Messages of an actor, and their decoded contents. */
export interface DecodedMessages extends DecodedCommits {
  readonly messages: readonly StoredMessage[];
}

/** Maximum number of messages that are fetched at the same time. */
const CONCURRENCY = 16;

/** Maximum number of malformed messages whose sequences are remembered. They take about 5 MB. */
const MAX_KNOWN = 100_000;

/**
 * Decodes messages of actors. A message with a malformed record is fetched from the stream's leader before the record
 * is reported, because the message may have been damaged in transit. For example, if the client `nats` 2 loses a
 * connection while establishing it, it may keep two connections and mix their bytes. The leader's answer is JSON, so
 * damage of this kind is detected. A message that was fetched once is not fetched again by later reads.
 */
export class CommitDecoder {
  readonly #messages: SingleMessages;
  readonly #positions: Positions;
  /** Sequences of messages that are malformed in the stream. */
  readonly #known = new LruMap<true, number>(MAX_KNOWN);

  constructor(messages: SingleMessages, positions: Positions) {
    this.#messages = messages;
    this.#positions = positions;
  }

  /**
   * Decodes consecutive messages of an actor.
   *
   * @param afterVersion - the highest version that precedes the messages
   * @throws ApiError, NoReplyError, `signal.reason`
   */
  async decode(
    actor: Actor,
    messages: readonly StoredMessage[],
    afterVersion: number,
    deadline: Deadline,
  ): Promise<DecodedMessages> {
    const decoded = await decodeCommits(messages, actor.id, this.#positions, afterVersion);
    if (decoded.errors.length === 0) return { messages, ...decoded };
    const suspects = new Set(decoded.errors.map(({ raw }) => raw));
    const indices = [...messages.keys()].filter((index) => {
      const message = messages[index] as StoredMessage;
      return suspects.has(message.data) && this.#known.use(message.sequence) === undefined;
    });
    const stored = [...messages];
    let isDamaged = false;
    for (let start = 0; start < indices.length; start += CONCURRENCY) {
      const fetching = indices.slice(start, start + CONCURRENCY).map(async (index) => {
        const { sequence, data } = messages[index] as StoredMessage;
        const fetched = await askAgain(deadline, (timeoutMs) => this.#messages.next(actor, sequence, timeoutMs));
        if (fetched?.sequence !== sequence) return; // The message has expired in the meantime.
        stored[index] = fetched;
        if (isEqual(fetched.data, data)) this.#known.set(sequence, true);
        else isDamaged = true;
      });
      await Promise.all(fetching);
      deadline.renew();
    }
    if (!isDamaged) return { messages: stored, ...decoded };
    return { messages: stored, ...(await decodeCommits(stored, actor.id, this.#positions, afterVersion)) };
  }
}

function isEqual(some: Uint8Array, others: Uint8Array): boolean {
  return some.length === others.length && some.every((byte, index) => byte === others[index]);
}
