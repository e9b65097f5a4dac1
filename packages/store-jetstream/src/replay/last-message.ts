import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";

/**
 * The last message on a subject. A message that is known to be there is not behind it, unless it has expired: a server that
 * was the leader until a moment ago may answer one request, and the next leader another, in any order.
 *
 * @throws ApiError, `AETHER_STREAM_RESET`, and NoReplyError, which is `"outdated"` if the answer is that of such a server
 */
export async function lastMessage(
  api: JetStreamApi,
  watch: StreamWatch,
  subject: string,
  knownSequence: number,
): Promise<StoredMessage | undefined> {
  const last = await api.lastMessage(subject);
  if (reaches(last, knownSequence)) return last;
  const info = await watch.verify();
  const again = await api.lastMessage(subject);
  if (!reaches(again, knownSequence)) watch.checkExpired(info, subject, knownSequence);
  return again;
}

function reaches(message: StoredMessage | undefined, sequence: number): boolean {
  return (message?.sequence ?? 0) >= sequence;
}
