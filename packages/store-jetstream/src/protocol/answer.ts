import { decodeText } from "@aether/nats";
import { ApiError, type ApiErrorJson } from "./api-error.ts";
import { NoReplyError } from "./no-reply-error.ts";

/**
 * Parses an answer from JetStream.
 * @param isRead - true if the request stores nothing
 * @throws ApiError if it is an error, NoReplyError if it is unreadable
 */
export function parseAnswer<Answer>(data: Uint8Array, request: string, isRead: boolean): Answer {
  const answer = parseObject<Answer & { readonly error?: ApiErrorJson }>(data, request);
  if (answer.error !== undefined) throw new ApiError(answer.error, isRead);
  return answer;
}

/** Parses a JSON object from JetStream, which may be an error. @throws NoReplyError if it is unreadable */
export function parseObject<T>(data: Uint8Array, request: string): T {
  const answer = parseJson(data, request) as T | null;
  if (typeof answer !== "object" || answer === null) throw new NoReplyError("unreadable", request);
  return answer;
}

function parseJson(data: Uint8Array, request: string): unknown {
  try {
    return JSON.parse(decodeText(data));
  } catch (cause) {
    throw new NoReplyError("unreadable", request, cause);
  }
}
