import { AetherError, type ErrorDetails, quote, type VersionConflictError } from "@aether/core";
import type { FailedAttempt } from "./policies/retry-policy.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRIES_EXHAUSTED: RetriesExhaustedError;
    AETHER_THRASHING: ThrashingError;
    AETHER_CIRCUIT_OPEN: CircuitOpenError;
    AETHER_RETRY_QUEUE_FULL: RetryQueueFullError;
    AETHER_RETRY_QUEUE_CLOSED: RetryQueueClosedError;
  }
}

/** Constructor details of the errors that end a call after its last attempt: a part of {@link FailedAttempt}. */
export type GaveUpDetails = Pick<FailedAttempt, "actorId" | "attempt" | "elapsedMs" | "conflicts">;

/** Base class of errors that end a call after its last attempt. Nothing was saved. */
abstract class GaveUpError extends AetherError {
  /** Actor of the call. */
  declare readonly actorId: string;
  /** Number of attempts that were made. */
  declare readonly attempts: number;
  /** Milliseconds from the start of the call to the end of the last attempt. */
  declare readonly elapsedMs: number;
  /** The conflicts of the call, oldest first. If there were more than 100, the last 100. */
  declare readonly conflicts: readonly VersionConflictError[];

  constructor(why: string, { actorId, attempt: attempts, elapsedMs, conflicts }: GaveUpDetails) {
    super(`actor ${quote(actorId)}: gave up after ${attempts} attempt(s) in ${Math.round(elapsedMs)} ms: ${why}`, {
      actorId,
      attempts,
      elapsedMs,
      conflicts,
      cause: conflicts.at(-1),
    });
  }
}

/**
 * The policy allowed no further attempt, or the next one would have begun after `maxElapsedMs`. Nothing was saved. The
 * `cause` is the last conflict.
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

/**
 * Two conflicts in a row reported the same latest version: the second attempt did not see the event that caused the
 * first conflict. The attempt used an outdated read, or the event is unreadable. More attempts would not help. Nothing
 * was saved. The `cause` is the last conflict.
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
    super("two conflicts had the same version; read the new events", details);
  }
}

/**
 * A circuit breaker currently allows no attempt for this actor. Nothing was saved. If an attempt of the call has just
 * failed, the `cause` is the error of that attempt.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_CIRCUIT_OPEN")) console.log(`try again in ${error.retryAfterMs} ms`);
 * ```
 */
export class CircuitOpenError extends AetherError {
  override readonly name: string = "CircuitOpenError";
  readonly code = "AETHER_CIRCUIT_OPEN" as const;
  /** Actor of the circuit. */
  declare readonly actorId: string;
  /** Milliseconds until a probe is allowed; 0 if the maximum number of probes is in flight. */
  declare readonly retryAfterMs: number;

  constructor(details: ErrorDetails<CircuitOpenError>) {
    const { actorId, retryAfterMs } = details;
    super(
      `actor ${quote(actorId)}: its circuit is open after conflicts; try again in ${retryAfterMs} ms or later`,
      details,
    );
  }
}

/**
 * The queue stayed full for `roomTimeoutMs`. It did not accept the append, and nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_RETRY_QUEUE_FULL")) console.log(error.capacity, error.roomTimeoutMs);
 * ```
 */
export class RetryQueueFullError extends AetherError {
  override readonly name: string = "RetryQueueFullError";
  readonly code = "AETHER_RETRY_QUEUE_FULL" as const;
  /** Actor of the rejected append. */
  declare readonly actorId: string;
  /** Capacity of the queue, in appends. */
  declare readonly capacity: number;
  /** Time that the call waited for a free place, in milliseconds. */
  declare readonly roomTimeoutMs: number;

  constructor(details: ErrorDetails<RetryQueueFullError>) {
    const { actorId, capacity, roomTimeoutMs } = details;
    super(
      `actor ${quote(actorId)}: no room in the queue of ${capacity} within ${roomTimeoutMs} ms; append more slowly`,
      details,
    );
  }
}

/**
 * The queue was closed before it accepted the append. Nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_RETRY_QUEUE_CLOSED")) console.log(error.actorId);
 * ```
 */
export class RetryQueueClosedError extends AetherError {
  override readonly name: string = "RetryQueueClosedError";
  readonly code = "AETHER_RETRY_QUEUE_CLOSED" as const;
  /** Actor of the rejected append. */
  declare readonly actorId: string;

  constructor(details: ErrorDetails<RetryQueueClosedError>) {
    super(`actor ${quote(details.actorId)}: the queue is closed; create a new one`, details);
  }
}
