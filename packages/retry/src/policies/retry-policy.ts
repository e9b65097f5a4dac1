import type { AetherError, OutcomeUnknownError, VersionConflictError } from "@aether/core";

/** The errors after which another attempt can help. */
export type RetryableError = VersionConflictError | OutcomeUnknownError;

/** A failed attempt and its history: everything that a policy bases its decision on. */
export interface FailedAttempt {
  /** The actor that the attempt wanted to write to. */
  readonly actorId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /**
   * A conflict. With `appendWithRetry` also a save with an unknown outcome: the next attempt then saves the same events
   * again. Use the `code` to distinguish the two.
   */
  readonly error: RetryableError;
  /** All conflicts of the call, oldest first, including this one; only the last 100 if there are more. */
  readonly conflicts: readonly VersionConflictError[];
  /** The wait before this attempt in milliseconds; 0 for the first. */
  readonly previousDelayMs: number;
}

/**
 * A policy's decision: try again after this many milliseconds, or give up. `giveUp: true` ends the call with
 * `RetriesExhaustedError`, an error ends it with that error.
 */
export type Verdict = { readonly retryAfterMs: number } | { readonly giveUp: true | AetherError };

/** The end of an attempt: saved, in conflict with another writer, or neither (an error, or nothing to save). */
export type AttemptOutcome = "saved" | "conflict" | "other";

/**
 * Decides whether and when to try again. A policy is a stateless value that any number of calls can share: the failed
 * attempt contains all it needs. State that outlives a call belongs in a class that creates policies, as
 * `CircuitBreaker` does.
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
  /** Name of the policy, for logs. */
  readonly name: string;
  /**
   * Called after each failed attempt. Returns when to try again, or that the call gives up.
   * @param random - returns a number from 0 up to, but not including, 1
   */
  onFailure(failed: FailedAttempt, random: () => number): Verdict;
  /**
   * Called before each attempt; it can reject the attempt by throwing. The function that it returns is called exactly
   * once with the outcome, when the attempt ends and before `onFailure`.
   */
  admit?(actorId: string): ((outcome: AttemptOutcome) => void) | undefined;
}

/** Creates a policy that waits for `delayMs` after each failed attempt, and gives up after `maxAttempts`. */
export function limitedPolicy(
  name: string,
  maxAttempts: number,
  delayMs: (failed: FailedAttempt, random: () => number) => number,
): RetryPolicy {
  return {
    name,
    onFailure: (failed, random) =>
      failed.attempt >= maxAttempts ? { giveUp: true } : { retryAfterMs: delayMs(failed, random) },
  };
}
