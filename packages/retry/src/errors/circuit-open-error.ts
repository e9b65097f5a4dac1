import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_CIRCUIT_OPEN: CircuitOpenError;
  }
}

export interface CircuitOpenDetails {
  readonly actorId: string;
  readonly retryAfterMs: number;
  readonly cause?: unknown;
}

/** The circuit breaker lets nobody try now for this actor. Nothing was saved. Its `cause` is the conflict that opened it. */
export class CircuitOpenError extends RetryError {
  override readonly name: string = "CircuitOpenError";
  readonly code = "AETHER_CIRCUIT_OPEN" as const;
  /** Milliseconds until the first probe is let through; 0 when all the probes that are allowed at once are under way. */
  declare readonly retryAfterMs: number;

  constructor(details: CircuitOpenDetails) {
    super(`its circuit is open after conflicts; try again in ${details.retryAfterMs} ms or later`, details);
  }
}
