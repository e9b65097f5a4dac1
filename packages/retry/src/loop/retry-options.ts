import { checkOptions, numbersOf } from "../check-options.ts";
import { defaultPolicy } from "../policies/default-policy.ts";
import type { FailedAttempt, RetryPolicy } from "../policies/retry-policy.ts";
import { type Clock, systemClock } from "./clock.ts";

/** A failed attempt after which the call tries again. */
export interface Retry extends FailedAttempt {
  /** The wait before the next attempt in milliseconds. */
  readonly delayMs: number;
}

/** Options of calls that retry. */
export interface RetryOptions {
  /**
   * Decides whether and when to try again.
   * @default defaultPolicy: exponential backoff with full jitter, up to 30 attempts
   */
  readonly policy?: RetryPolicy | undefined;
  /**
   * No attempt begins later than this many milliseconds after the call. The option does not interrupt an attempt in
   * flight; use `signal` for that.
   * @default unlimited
   */
  readonly maxElapsedMs?: number | undefined;
  /**
   * Signal that ends waits at once; the call then rejects with `signal.reason`. If it is unknown at that time whether
   * events were saved, the call rejects with `OutcomeUnknownError` instead. `appendWithRetry` also passes the signal to
   * the store, and `retryOnConflict` to the operation.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called before each wait. If it throws, the call ends with that error.
   * @default none
   */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /**
   * Returns a number from 0 up to, but not including, 1.
   * @default Math.random
   */
  readonly random?: (() => number) | undefined;
  /**
   * Source of time.
   * @default systemClock
   */
  readonly clock?: Clock | undefined;
}

type WithDefault = "policy" | "maxElapsedMs" | "random" | "clock";

/** {@link RetryOptions}, checked and complete. */
export type RetrySettings = Required<Omit<RetryOptions, WithDefault>> & {
  readonly [Name in WithDefault]: NonNullable<RetryOptions[Name]>;
};

/**
 * Checks the options of calls that retry, and adds the defaults.
 *
 * @param usualPolicy - policy if the options have none
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { policy, clock } = retrySettings({ maxElapsedMs: 5_000 });
 * ```
 */
export function retrySettings(options: RetryOptions, usualPolicy: RetryPolicy = defaultPolicy): RetrySettings {
  const { policy = usualPolicy, random = Math.random, clock = systemClock, signal, onRetry } = checkOptions(options);
  const { maxElapsedMs } = numbersOf(options, { maxElapsedMs: Number.MAX_VALUE });
  // An object literal, because all settings then have the same shape. A spread would make every call several times
  // slower.
  return { policy, random, clock, signal, onRetry, maxElapsedMs };
}
