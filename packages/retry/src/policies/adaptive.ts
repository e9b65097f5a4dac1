import { isVersionConflictError } from "@aether/core";
import { limited } from "../limited.ts";
import { numbersOf } from "../numbers.ts";
import type { FailedAttempt, RetryPolicy } from "../retry-policy.ts";

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /**
   * Attempts in all, the first included. `Infinity` never gives up: then set `maxElapsedMs` or a signal.
   * @default 10
   */
  readonly maxAttempts?: number;
  /**
   * No wait is longer, in milliseconds.
   * @default 5_000
   */
  readonly maxDelayMs?: number;
}

/**
 * Waits by how far the attempt was behind: for each version that it had missed 10 ms if these are more than 10, 1 ms if
 * they are more than 3; otherwise 50 ms.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", decide, { policy: adaptive({ maxAttempts: 20 }) });
 * ```
 */
export function adaptive(options: AdaptiveOptions = {}): RetryPolicy {
  const { maxAttempts, maxDelayMs } = numbersOf(options, { maxAttempts: 10, maxDelayMs: 5_000 });
  return limited("adaptive", maxAttempts, (failed) => Math.min(maxDelayMs, delayMs(failed)));
}

function delayMs({ error }: FailedAttempt): number {
  const missed = isVersionConflictError(error) ? error.currentVersion - error.attemptedVersion + 1 : 0;
  if (missed > 10) return missed * 10;
  return missed > 3 ? missed : 50;
}
