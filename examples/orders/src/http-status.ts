import { isAetherError } from "@aether/core";
import { OrderRejected } from "./order.ts";

/** HTTP status of each error that a command can end with. The guide about commands explains them. */
const statusByCode: Readonly<Record<string, number>> = {
  AETHER_UNKNOWN_COMMAND: 400,
  AETHER_VERSION_CONFLICT: 409,
  AETHER_EVENT_TOO_LARGE: 413,
  AETHER_RETRIES_EXHAUSTED: 503,
  AETHER_CIRCUIT_OPEN: 503,
  AETHER_CONTENTION: 503,
  AETHER_OUTCOME_UNKNOWN: 503,
  AETHER_STORE_UNAVAILABLE: 503,
  AETHER_STORE_CLOSED: 503,
  AETHER_STORE_FULL: 507,
  // Reads that wait for a read model. A request that has saved events, and waits for a processor, answers 202.
  AETHER_WAIT_TIMED_OUT: 503,
  AETHER_PROCESSOR_STOPPED: 503,
};

/**
 * Returns the HTTP status for an error of a command.
 *
 * @param hasIfMatch - true if the client sent the header `If-Match`, from which the expected version comes
 */
export function httpStatusOf(error: unknown, { hasIfMatch = false }: { readonly hasIfMatch?: boolean } = {}): number {
  if (error instanceof OrderRejected) return 422;
  if (isAetherError(error, "AETHER_VERSION_CONFLICT") && hasIfMatch) return 412;
  if (isAetherError(error)) return statusByCode[error.code] ?? 500;
  // An aborted call rejects with the reason of its signal. This one is from `AbortSignal.timeout`.
  return error instanceof Error && error.name === "TimeoutError" ? 504 : 500;
}
