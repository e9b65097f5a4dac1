import type { AetherError, OutcomeUnknownError, VersionConflictError } from "@aether/core";

/** Errors after which another attempt can help. */
export type RetryableError = VersionConflictError | OutcomeUnknownError;

/**
 * A failed attempt and the history of its call. A policy bases its decision on them.
 *
 * @typeParam Failure - type of the error of the attempt
 */
export interface FailedAttempt<Failure = RetryableError> {
  /** Id of the actor that the attempt tried to write to. */
  readonly actorId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly elapsedMs: number;
  /**
   * The version conflict or, with `appendWithRetry`, the unknown outcome of the save. Use the `code` to distinguish the
   * two. After an unknown outcome, the next attempt saves the same events again. In a processor, it is the value that
   * the handler threw.
   */
  readonly error: Failure;
  /** The conflicts of the call so far, oldest first. If there are more than 100, the last 100. */
  readonly conflicts: readonly VersionConflictError[];
  /** Wait before this attempt, in milliseconds; 0 for the first attempt. */
  readonly previousDelayMs: number;
}

/**
 * A policy's decision: try again after `retryAfterMs` milliseconds (a finite number, at least 0), or give up. With
 * `giveUp: true`, the call ends with `RetriesExhaustedError`; with an error, it ends with that error.
 */
export type Verdict = { readonly retryAfterMs: number } | { readonly giveUp: true | AetherError };

/** Outcome of an attempt: it saved, it conflicted with another writer, or neither (an error, or nothing to save). */
export type AttemptOutcome = "saved" | "conflict" | "other";

/**
 * Decides whether and when to try again. A policy itself has no state, so any number of calls can share it. State
 * that is kept between calls belongs in a class that creates policies, such as `CircuitBreaker`.
 *
 * @typeParam Failure - type of the errors that the policy accepts. A policy for `unknown` fits everywhere, and also for
 * the handlers of `@aether/processor`.
 *
 * @example
 * ```ts
 * const everySecond: RetryPolicy = {
 *   name: "everySecond",
 *   onFailure: ({ attempt }) => (attempt < 10 ? { retryAfterMs: 1_000 } : { giveUp: true }),
 * };
 * ```
 */
export interface RetryPolicy<Failure = RetryableError> {
  /** Name of the policy, for logs. */
  readonly name: string;
  /**
   * Called after each attempt that ends with a {@link RetryableError}; in a processor, after each attempt that fails.
   * Returns the wait before the next attempt, or gives up.
   * @param random - returns a number from 0 up to, but not including, 1
   */
  onFailure(failed: FailedAttempt<Failure>, random: () => number): Verdict;
  /**
   * Called before each attempt. It can throw to reject the attempt. If it returns a function, that function is called
   * once with the outcome of the attempt, before `onFailure`.
   */
  admit?(actorId: string): ((outcome: AttemptOutcome) => void) | undefined;
}

/** Creates a policy that waits for the time that `delayMs` returns, up to a maximum number of attempts. */
export function limitedPolicy(
  name: string,
  maxAttempts: number,
  delayMs: (failed: FailedAttempt<unknown>, random: () => number) => number,
): RetryPolicy<unknown> {
  return {
    name,
    onFailure: (failed, random) =>
      failed.attempt >= maxAttempts ? { giveUp: true } : { retryAfterMs: delayMs(failed, random) },
  };
}
