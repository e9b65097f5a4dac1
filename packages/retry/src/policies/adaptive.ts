import { isVersionConflictError } from "@aether/core";
import { numbersOf } from "../check-options.ts";
import { type FailedAttempt, limitedPolicy, type RetryPolicy } from "./retry-policy.ts";

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /**
   * Maximum number of attempts, including the first. `Infinity` never gives up: then set `maxElapsedMs` or a signal.
   * @default 10
   */
  readonly maxAttempts?: number | undefined;
  /**
   * The longest wait in milliseconds.
   * @default 5_000
   */
  readonly maxDelayMs?: number | undefined;
}

/**
 * Linear backoff by the number of versions that the attempt missed. After more than 10 missed versions it waits 10 ms
 * for each of them, after 4 to 10 it waits 1 ms for each, otherwise 50 ms.
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
  return limitedPolicy("adaptive", maxAttempts, (failed) => Math.min(maxDelayMs, delayMs(failed)));
}

function delayMs({ error }: FailedAttempt): number {
  const missed = isVersionConflictError(error) ? error.currentVersion - error.attemptedVersion + 1 : 0;
  if (missed > 10) return missed * 10;
  return missed > 3 ? missed : 50;
}
