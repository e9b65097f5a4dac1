import { isVersionConflictError } from "@aether/core";
import { numbersOf } from "../check-options.ts";
import { type FailedAttempt, limitedPolicy, type RetryPolicy } from "./retry-policy.ts";

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /**
   * Maximum number of attempts, including the first. With `Infinity`, the policy never gives up; set `maxElapsedMs` or
   * `signal` to end the call.
   * @default 10
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Longest wait, in milliseconds.
   * @default 5_000
   */
  readonly maxDelayMs?: number | undefined;
}

/**
 * Linear backoff by the number of missed versions: those that other writers saved before the attempt could. For more
 * than 10 missed versions, the wait is 10 ms per version; for 4 to 10, 1 ms per version; otherwise, 50 ms.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", decide, { policy: adaptive({ maxAttempts: 20 }) });
 * ```
 */
export function adaptive(options: AdaptiveOptions = {}): RetryPolicy<unknown> {
  const { maxAttempts, maxDelayMs } = numbersOf(options, { maxAttempts: 10, maxDelayMs: 5_000 });
  return limitedPolicy("adaptive", maxAttempts, (failed) => Math.min(maxDelayMs, delayMs(failed)));
}

function delayMs({ error }: FailedAttempt<unknown>): number {
  const missed = isVersionConflictError(error) ? error.currentVersion - error.attemptedVersion + 1 : 0;
  if (missed > 10) return missed * 10;
  return missed > 3 ? missed : 50;
}
