import type { AetherError, OutcomeUnknownError, VersionConflictError } from "@aether/core";

/** Why an attempt is worth another one. */
export type RetryableError = VersionConflictError | OutcomeUnknownError;

/** A failed attempt, and what led to it: everything that a policy decides by. */
export interface FailedAttempt {
  /** The actor that was to be saved. */
  readonly actorId: string;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /**
   * A conflict; or, from `appendWithRetry`, a save whose outcome is unknown, so that the next attempt saves the same
   * events again. Their `code` tells them apart.
   */
  readonly error: RetryableError;
  /** The conflicts of this call so far, oldest first, this one included; the last 100 if there are more. */
  readonly conflicts: readonly VersionConflictError[];
  /** The wait before this attempt in milliseconds; 0 for the first. */
  readonly previousDelayMs: number;
}

/** What a policy says: try again after so many milliseconds, or give up, with an error of its own or the usual one. */
export type Verdict = { readonly retryAfterMs: number } | { readonly giveUp: true | AetherError };

/** How an attempt ended: saved, beaten by another writer, or neither (an error, or nothing was to be saved). */
export type AttemptOutcome = "saved" | "conflict" | "other";

/**
 * Decides whether and when to try again. A policy is a stateless value: one serves any number of calls at once, and
 * everything that it needs to know is in the failed attempt. What must remember more is a class that makes a policy
 * (`CircuitBreaker`).
 *
 * @example
 * ```ts
 * const everySecond: RetryPolicy = {
 *   name: "everySecond",
 *   onFailure: ({ attempt }) => (attempt < 10 ? { retryAfterMs: 1_000 } : { giveUp: true }),
 * };
 * ```
 */
export interface RetryPolicy {
  /** For logs. */
  readonly name: string;
  /**
   * Whether to try again after a failed attempt, and when.
   * @param random - a number from 0 up to, but not including, 1
   */
  onFailure(failed: FailedAttempt, random: () => number): Verdict;
  /**
   * Called before each attempt, and may refuse it by throwing. What it returns is called exactly once, when the attempt
   * ends, however it ends, and before `onFailure`.
   */
  admit?(actorId: string): ((outcome: AttemptOutcome) => void) | undefined;
}
