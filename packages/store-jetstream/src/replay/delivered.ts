import type { Actor } from "../actor.ts";
import { type DecodedCommit, decodeCommits } from "../commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** Messages as they are stored, and what they hold. */
export interface Delivered extends DecodedCommit {
  readonly messages: readonly StoredMessage[];
}

/** How many messages are fetched at a time. */
const AT_ONCE = 16;

/**
 * Reads delivered messages of an actor. One that cannot be read is fetched from the stream's leader before it counts as
 * malformed: a plain read skips what is malformed, and a delivery may have been damaged on its way (a client that lost a
 * connection while making it may go on with two, and take the bytes of both for those of one). The leader's answer is
 * JSON, which does not survive that unnoticed.
 *
 * @param afterVersion - the highest version that stands before the messages
 * @throws ApiError, NoReplyError
 */
export async function readDelivered(
  api: JetStreamApi,
  actor: Actor,
  messages: readonly StoredMessage[],
  afterVersion: number,
): Promise<Delivered> {
  const decoded = decodeCommits(messages, actor.id, afterVersion);
  if (decoded.errors.length === 0) return { messages, ...decoded };
  const suspect = new Set(decoded.errors.map(({ raw }) => raw));
  const stored = [...messages];
  const indices = [...messages.keys()].filter((index) => suspect.has((messages[index] as StoredMessage).data));
  for (let start = 0; start < indices.length; start += AT_ONCE) {
    const fetching = indices.slice(start, start + AT_ONCE).map(async (index) => {
      const message = messages[index] as StoredMessage;
      const fetched = await api.nextMessage(actor.subject, message.sequence);
      // Another one stands there if it has expired meanwhile.
      if (fetched?.sequence === message.sequence) stored[index] = fetched;
    });
    await Promise.all(fetching);
  }
  return { messages: stored, ...decodeCommits(stored, actor.id, afterVersion) };
}
