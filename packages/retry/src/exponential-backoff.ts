import { numbersOf } from "./numbers.ts";

/** How often to try, and how the waits between attempts grow: they double. */
export interface BackoffOptions {
  /**
   * Attempts in all, the first included. `Infinity` never gives up: then set `maxElapsedMs` or a signal.
   * @default 3, or what the policy says
   */
  readonly maxAttempts?: number;
  /**
   * Milliseconds before the second attempt. Each further wait doubles it.
   * @default 100
   */
  readonly baseDelayMs?: number;
  /**
   * No wait is longer, in milliseconds.
   * @default 30_000
   */
  readonly maxDelayMs?: number;
}

/** {@link BackoffOptions}, checked and complete. */
export type Backoff = Readonly<Required<BackoffOptions>>;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function backoffOf(options: BackoffOptions): Backoff {
  return numbersOf(options, { maxAttempts: 3, baseDelayMs: 100, maxDelayMs: 30_000 });
}

/** The wait after an attempt, in milliseconds: from 0 to `maxDelayMs` at any attempt number. */
export function exponentialDelayMs({ baseDelayMs, maxDelayMs }: Backoff, attempt: number): number {
  // The exponent is bounded, because 2 ** 1024 is Infinity, and 0 * Infinity is not a number.
  return Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 1_000));
}
