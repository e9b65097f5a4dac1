import { checkFunction, checkMs, checkObject } from "./arguments.ts";
import { type Clock, systemClock } from "./clock.ts";
import { defaultPolicy } from "./default-policy.ts";
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
   */
  readonly signal?: AbortSignal;
  /** Hears of each retry before the wait for it. What it throws ends the call. */
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
export interface RetrySettings {
  readonly policy: RetryPolicy;
  readonly maxElapsedMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onRetry: ((retry: Retry) => void) | undefined;
  readonly random: () => number;
  readonly clock: Clock;
}

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function settingsOf(options: RetryOptions): RetrySettings {
  checkObject(options, "options");
  const { policy = defaultPolicy, maxElapsedMs, signal, onRetry, random = Math.random, clock = systemClock } = options;
  checkObject(policy, "policy");
  checkFunction(policy.onFailure, "policy.onFailure");
  if (maxElapsedMs !== undefined) checkMs(maxElapsedMs, "maxElapsedMs");
  if (onRetry !== undefined) checkFunction(onRetry, "onRetry");
  checkFunction(random, "random");
  checkObject(clock, "clock");
  return { policy, maxElapsedMs: maxElapsedMs ?? Number.POSITIVE_INFINITY, signal, onRetry, random, clock };
}
