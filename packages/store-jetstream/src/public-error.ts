import { isAetherError, StoreUnavailableError } from "@aether/core";
import { StoreFullError } from "./errors.ts";
import { ApiError, isFull } from "./protocol/api-error.ts";
import { NoReplyError } from "./protocol/no-reply-error.ts";

/**
 * Returns the error with which a failed call rejects. Aether's own errors are returned unchanged. If the signal is
 * aborted, its reason is returned. Other errors become `AETHER_STORE_FULL` or `AETHER_STORE_UNAVAILABLE`.
 *
 * @param operation - the failed operation, in words that follow "could not"
 */
export function publicError(
  operation: string,
  error: unknown,
  streamName: string,
  signal: AbortSignal | undefined,
): unknown {
  if (isAetherError(error)) return error;
  if (signal?.aborted === true) return signal.reason;
  if (isFull(error)) return new StoreFullError({ streamName, reason: error.message, cause: error });
  const isKnown = error instanceof NoReplyError || error instanceof ApiError;
  return new StoreUnavailableError({
    operation,
    reason: isKnown ? error.message : "an unexpected error",
    cause: error,
  });
}
