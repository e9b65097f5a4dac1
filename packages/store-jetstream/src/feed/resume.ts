import { HistoryTruncatedError, StreamResetError } from "@aether/core";
import { type PositionParts, parsePosition } from "@aether/store-kit";
import type { Deadline } from "../protocol/ask-again.ts";
import type { StreamInfo } from "../protocol/jetstream-api.ts";
import type { Positions } from "../protocol/positions.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import { messageAt } from "./message-at.ts";

export interface ResumeParts {
  readonly messages: SingleMessages;
  readonly positions: Positions;
  readonly streamName: string;
}

/**
 * Checks that a read can continue after a position: that the stream still has the record for which the position was
 * made, or that no record after it has expired. Returns the sequence at which the read continues: that of the position,
 * if its message has more records.
 *
 * @param info - description of the stream, from its leader
 * @param acceptTruncated - true to accept that events after the position have expired
 * @throws `AETHER_STREAM_RESET`, `AETHER_HISTORY_TRUNCATED`, ApiError, NoReplyError, `signal.reason`
 */
export async function checkResume(
  { messages, positions, streamName }: ResumeParts,
  after: PositionParts,
  info: StreamInfo,
  acceptTruncated: boolean,
  deadline: Deadline,
): Promise<number> {
  const { sequence, index, stamp } = after;
  const { first_seq, last_seq } = info.state;
  const reset = (reason: string): StreamResetError => new StreamResetError({ streamName, reason });
  if (sequence > last_seq) {
    throw reset(`the position is at sequence ${sequence}, but the last sequence of the stream is ${last_seq}`);
  }
  const found = await messageAt(messages, streamName, sequence, deadline);
  if (found !== undefined) {
    const last = parsePosition(positions.lastOf(sequence, found.data), "position");
    if (last.stamp !== stamp) {
      throw reset(`at sequence ${sequence}, the stream has another record than the position was made for`);
    }
    return index < last.index ? sequence : sequence + 1;
  }
  if (!positions.isOwn(after)) {
    throw reset(`the position was made before the stream was created on ${info.created}`);
  }
  if (!acceptTruncated && sequence + 1 < first_seq) {
    throw new HistoryTruncatedError({ actorId: undefined, firstVersion: undefined });
  }
  return sequence + 1;
}
