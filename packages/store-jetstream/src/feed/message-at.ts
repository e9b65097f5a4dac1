import type { Actor } from "../actor.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import { eventSubjects } from "../subjects.ts";

/** All actors, in place of a single one. */
export function allActors(streamName: string): Actor {
  return { id: "", subject: eventSubjects(streamName) };
}

/**
 * Reads the message with a sequence, as the leader has it. Resolves to `undefined` if it has expired or was erased.
 * @throws ApiError, NoReplyError, `AETHER_MESSAGE_TOO_LARGE`, `signal.reason`
 */
export async function messageAt(
  messages: SingleMessages,
  streamName: string,
  sequence: number,
  deadline: Deadline,
): Promise<StoredMessage | undefined> {
  const next = (timeoutMs: number) => messages.next(allActors(streamName), sequence, timeoutMs);
  const found = await askAgain(deadline, next);
  return found?.sequence === sequence ? found : undefined;
}
