import { isAetherError, StoreUnavailableError } from "@aether/core";
import { StoreFullError } from "./errors.ts";
import { ApiError, isFull } from "./protocol/api-error.ts";
import { NoReplyError } from "./protocol/no-reply-error.ts";

/**
 * The error that a user sees for a failed call. Aether's own errors and the reason of an aborted signal stay as they
 * are; the failure of a request is translated.
 *
 * @param operation - in words that follow "could not"
 */
export function publicError(
  operation: string,
  error: unknown,
  streamName: string,
  signal: AbortSignal | undefined,
): unknown {
  if (isAetherError(error)) return error;
  if (signal?.aborted === true) return signal.reason;
  if (isFull(error)) return new StoreFullError({ streamName, cause: error });
  const isKnown = error instanceof NoReplyError || error instanceof ApiError;
  return new StoreUnavailableError({
    operation,
    reason: isKnown ? error.message : "an unexpected error",
    cause: error,
  });
}
