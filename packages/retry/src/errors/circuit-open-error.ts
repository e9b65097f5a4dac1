import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_CIRCUIT_OPEN: CircuitOpenError;
  }
}

/** What {@link CircuitOpenError} is made of. */
export interface CircuitOpenDetails {
  /** The actor that it is about. */
  readonly actorId: string;
  /** Milliseconds until the first probe is let through; 0 while all probes are under way. */
  readonly retryAfterMs: number;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * The circuit breaker lets nobody try now for this actor. Nothing was saved. Its `cause` is the conflict that opened it.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_CIRCUIT_OPEN")) console.log(`try again in ${error.retryAfterMs} ms`);
 * ```
 */
export class CircuitOpenError extends RetryError {
  override readonly name: string = "CircuitOpenError";
  readonly code = "AETHER_CIRCUIT_OPEN" as const;
  /** Milliseconds until the first probe is let through; 0 when all the probes that are allowed at once are under way. */
  declare readonly retryAfterMs: number;

  constructor(details: CircuitOpenDetails) {
    super(`its circuit is open after conflicts; try again in ${details.retryAfterMs} ms or later`, details);
  }
}
