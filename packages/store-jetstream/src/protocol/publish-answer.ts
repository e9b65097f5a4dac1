import { parseObject } from "./answer.ts";
import { ApiError, type ApiErrorJson } from "./api-error.ts";
import { NoReplyError } from "./no-reply-error.ts";

/** Description of another stream that stores the subjects of this store, for error messages. */
export type ForeignStream = string;

interface PublishAnswer {
  readonly stream?: string;
  readonly domain?: string;
  readonly seq?: unknown;
  readonly duplicate?: unknown;
  readonly error?: ApiErrorJson;
}

/**
 * Reads an answer to a publish. Streams in other JetStream domains or accounts may have the same subjects, so several
 * streams may answer. An acknowledgement names the stream and its domain. A rejection names the stream, but not the
 * domain.
 *
 * @returns the sequence of the message, or a description of the other stream that has answered
 * @throws ApiError if a stream with this name rejected the message, NoReplyError if the answer is unreadable
 */
export function readPublishAnswer(
  data: Uint8Array,
  subject: string,
  stream: string,
  domain: string | undefined,
): number | ForeignStream {
  const answer = parseObject<PublishAnswer>(data, subject);
  const { error, seq } = answer;
  if (error !== undefined) {
    if (answer.stream === undefined || answer.stream === stream) throw new ApiError(error);
    return describe(answer);
  }
  if (typeof seq !== "number") throw new NoReplyError("unreadable", subject);
  return answer.stream === stream && answer.domain === domain ? seq : describe(answer);
}

/** True if an acknowledgement is that of an earlier message with the same message id. */
export function isDuplicate(data: Uint8Array): boolean {
  return parseObject<PublishAnswer>(data, "").duplicate === true;
}

function describe({ stream, domain }: PublishAnswer): ForeignStream {
  return `stream ${stream}${domain === undefined ? "" : ` in domain ${domain}`}`;
}
