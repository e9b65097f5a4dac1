import { type Clock, systemClock } from "./clock.ts";
import { defaultPolicy } from "./default-policy.ts";
import { given } from "./invalid.ts";
import { numbersOf } from "./numbers.ts";
import type { FailedAttempt, RetryPolicy } from "./retry-policy.ts";

/** A failed attempt that is going to be followed by another one. */
export interface Retry extends FailedAttempt {
  /** The wait before the next attempt in milliseconds. */
  readonly delayMs: number;
}

/** How to try again. */
export interface RetryOptions {
  /**
   * Whether and when to try again.
   * @default defaultPolicy: full jitter, at most 30 attempts
   */
  readonly policy?: RetryPolicy;
  /**
   * No attempt begins later than so many milliseconds after the call. An attempt under way is not cut short: that is
   * what `signal` does.
   * @default unlimited
   */
  readonly maxElapsedMs?: number;
  /**
   * Ends waits at once with `signal.reason`, and is handed on to the store. If it is then unknown whether something was
   * saved, the call rejects with `OutcomeUnknownError` instead.
   * @default none
   */
  readonly signal?: AbortSignal;
  /**
   * Hears of each retry before the wait for it. What it throws ends the call.
   * @default none
   */
  readonly onRetry?: (retry: Retry) => void;
  /**
   * A number from 0 up to, but not including, 1.
   * @default Math.random
   */
  readonly random?: () => number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** {@link RetryOptions}, checked and complete. */
export type RetrySettings = Required<Omit<RetryOptions, "signal" | "onRetry">> &
  Pick<RetryOptions, "signal" | "onRetry">;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function settingsOf(options: RetryOptions, usualPolicy: RetryPolicy = defaultPolicy): RetrySettings {
  const { policy = usualPolicy, random = Math.random, clock = systemClock, signal, onRetry } = given(options);
  const { maxElapsedMs } = numbersOf(options, { maxElapsedMs: Number.MAX_VALUE });
  // Spreading the options would make another shape for each mixture of them, and every call several times slower.
  return { policy, random, clock, signal, onRetry, maxElapsedMs } as RetrySettings;
}
