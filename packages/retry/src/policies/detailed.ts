import { ThrashingError } from "../errors/thrashing-error.ts";
import type { BackoffOptions } from "../exponential-backoff.ts";
import { numbersOf } from "../numbers.ts";
import type { FailedAttempt, RetryPolicy } from "../retry-policy.ts";
import { simple } from "./simple.ts";

/** Options of {@link detailed}. */
export interface DetailedOptions extends BackoffOptions {
  /**
   * Hears of every failed attempt, also of the last one. What it throws ends the call.
   * @default none
   */
  readonly onFailure?: (failed: FailedAttempt) => void;
}

/**
 * Like `simple`, in 5 attempts, and for those who want to know: it tells of every failed attempt, and stops at once with
 * `ThrashingError` when two conflicts in a row met the same version, because then the attempts do not see what beats them.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const policy = detailed({ onFailure: ({ attempt, elapsedMs }) => console.log(attempt, elapsedMs) });
 * await appendWithRetry(store, "order-1", decide, { policy });
 * ```
 */
export function detailed(options: DetailedOptions = {}): RetryPolicy {
  const calm = simple({ ...options, ...numbersOf(options, { maxAttempts: 5 }) });
  return {
    name: "detailed",
    onFailure(failed, random) {
      options.onFailure?.(failed);
      const [previous, last] = failed.conflicts.slice(-2);
      const thrashing = last === failed.error && last.currentVersion === previous?.currentVersion;
      return thrashing ? { giveUp: new ThrashingError(failed) } : calm.onFailure(failed, random);
    },
  };
}
