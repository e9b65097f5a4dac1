import type { Actor } from "../actor.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { CommitDecoder } from "../read/commit-decoder.ts";
import type { LastMessages } from "../read/last-messages.ts";
import type { MessageReader } from "../read/message-reader.ts";
import { ReadGoal } from "../read/read-goal.ts";

export interface VersionBeforeParts {
  readonly reader: MessageReader;
  readonly lastMessages: LastMessages;
  readonly decoder: CommitDecoder;
}

/**
 * Determines the highest version of an actor before a message whose headers do not contain it, because another program
 * wrote the message. For this, the earlier messages of the actor are read.
 * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
 */
export async function versionBefore(
  { reader, lastMessages, decoder }: VersionBeforeParts,
  actor: Actor,
  sequence: number,
  deadline: Deadline,
): Promise<number> {
  const goal = new ReadGoal(lastMessages, actor, { sequence: sequence - 1, isLast: true }, deadline);
  let version = 0;
  for await (const chunk of reader.read(actor, { startSequence: 1 }, goal, deadline)) {
    const earlier = chunk.filter((message) => message.sequence < sequence);
    const { events } = await decoder.decode(actor, earlier, version, deadline);
    version = events.at(-1)?.version ?? version;
    if (earlier.length < chunk.length) break;
  }
  return version;
}
