import { numbersOf } from "../check-options.ts";

/** Options of the policies with exponential backoff: each wait is twice as long as the previous one. */
export interface BackoffOptions {
  /**
   * Maximum number of attempts, including the first. With `Infinity`, the policy never gives up; set `maxElapsedMs` or
   * `signal` to end the call.
   * @default 3, or the policy's own default
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Wait before the second attempt, in milliseconds. The wait doubles with every further attempt.
   * @default 100
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * Longest wait, in milliseconds.
   * @default 30_000
   */
  readonly maxDelayMs?: number | undefined;
}

/** {@link BackoffOptions}, checked and complete. */
export type Backoff = Readonly<Record<keyof BackoffOptions, number>>;

/** Checks the options and adds the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function backoffOf(options: BackoffOptions): Backoff {
  return numbersOf(options, { maxAttempts: 3, baseDelayMs: 100, maxDelayMs: 30_000 });
}

/** Returns the wait after an attempt, in milliseconds. For any attempt number, it is from 0 to `maxDelayMs`. */
export function exponentialDelayMs({ baseDelayMs, maxDelayMs }: Backoff, attempt: number): number {
  // The exponent is bounded because 2 ** 1024 is Infinity, and 0 * Infinity is NaN.
  return Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 1_000));
}
