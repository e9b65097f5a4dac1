import { type GaveUpDetails, GaveUpError } from "./gave-up-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_THRASHING: ThrashingError;
  }
}

/**
 * Two attempts in a row met the same version, so the second one had not seen what beat the first: it builds on a stale
 * read, or on events that cannot be read. More attempts would not help. Nothing was saved. Its `cause` is the last conflict.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_THRASHING")) console.log(error.attempts, error.conflicts.length);
 * ```
 */
export class ThrashingError extends GaveUpError {
  override readonly name: string = "ThrashingError";
  readonly code = "AETHER_THRASHING" as const;

  constructor(details: GaveUpDetails) {
    super("the last two met the same version; read anew", details);
  }
}
