import { type GaveUpDetails, GaveUpError } from "./gave-up-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRIES_EXHAUSTED: RetriesExhaustedError;
  }
}

/**
 * Every attempt that was allowed met a conflict. Nothing was saved. Its `cause` is the last conflict.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_RETRIES_EXHAUSTED")) console.log(error.attempts, error.elapsedMs);
 * ```
 */
export class RetriesExhaustedError extends GaveUpError {
  override readonly name: string = "RetriesExhaustedError";
  readonly code = "AETHER_RETRIES_EXHAUSTED" as const;

  constructor(details: GaveUpDetails) {
    super("another writer was faster each time; allow more attempts", details);
  }
}
