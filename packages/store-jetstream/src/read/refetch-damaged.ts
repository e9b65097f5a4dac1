import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import { type DecodedCommit, decodeCommits } from "../protocol/commit.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** Messages of an actor, and their decoded contents. */
export interface DecodedMessages extends DecodedCommit {
  readonly messages: readonly StoredMessage[];
}

/** Maximum number of messages that are fetched at the same time. */
const CONCURRENCY = 16;

/**
 * Decodes messages of an actor. A message that cannot be decoded is fetched from the stream's leader before it is
 * reported as malformed, because it may have been damaged in transit. For example, if the client `nats` 2 loses a
 * connection while establishing it, it may keep two connections and mix their bytes. The leader's answer is JSON, so
 * damage of this kind is detected.
 *
 * @param afterVersion - the highest version that precedes the messages
 * @throws ApiError, NoReplyError, `signal.reason`
 */
export async function refetchDamaged(
  api: JetStreamApi,
  actor: Actor,
  messages: readonly StoredMessage[],
  afterVersion: number,
  deadline: Deadline,
): Promise<DecodedMessages> {
  const decoded = decodeCommits(messages, actor.id, afterVersion);
  if (decoded.errors.length === 0) return { messages, ...decoded };
  const suspects = new Set(decoded.errors.map(({ raw }) => raw));
  const stored = [...messages];
  const indices = [...messages.keys()].filter((index) => suspects.has((messages[index] as StoredMessage).data));
  for (let start = 0; start < indices.length; start += CONCURRENCY) {
    const fetching = indices.slice(start, start + CONCURRENCY).map(async (index) => {
      const { sequence } = messages[index] as StoredMessage;
      const fetched = await askAgain(deadline, (timeoutMs) => api.nextMessage(actor.subject, sequence, timeoutMs));
      // If the message has expired in the meantime, a later one is returned.
      if (fetched?.sequence === sequence) stored[index] = fetched;
    });
    await Promise.all(fetching);
    deadline.renew();
  }
  return { messages: stored, ...decodeCommits(stored, actor.id, afterVersion) };
}
