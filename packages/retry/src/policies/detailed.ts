import { numbersOf } from "../check-options.ts";
import { ThrashingError } from "../errors.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { FailedAttempt, RetryableError, RetryPolicy } from "./retry-policy.ts";
import { simple } from "./simple.ts";

/**
 * Options of {@link detailed}.
 *
 * @typeParam Failure - type of the errors that the policy accepts
 */
export interface DetailedOptions<Failure = RetryableError> extends BackoffOptions {
  /**
   * Called after every attempt that ends with a conflict or an unknown outcome, including the last. If it throws, the
   * call ends with that error.
   * @default none
   */
  readonly onFailure?: ((failed: FailedAttempt<Failure>) => void) | undefined;
}

/**
 * Exponential backoff with diagnostics: like `simple`, with 5 attempts by default. The policy reports every failed
 * attempt to `onFailure`. It ends the call with `ThrashingError` if two conflicts in a row report the same latest
 * version: the second attempt then did not see the event that caused the first conflict.
 *
 * @typeParam Failure - type of the errors that the policy accepts
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const policy = detailed({ onFailure: ({ attempt, elapsedMs }) => console.log(attempt, elapsedMs) });
 * await appendWithRetry(store, "order-1", decide, { policy });
 * ```
 */
export function detailed<Failure = RetryableError>(options: DetailedOptions<Failure> = {}): RetryPolicy<Failure> {
  const backoff = simple({ ...options, ...numbersOf(options, { maxAttempts: 5 }) });
  return {
    name: "detailed",
    onFailure(failed, random) {
      options.onFailure?.(failed);
      const [previous, last] = failed.conflicts.slice(-2);
      // A handler of a processor may also throw `undefined`.
      const isConflict = last !== undefined && last === failed.error;
      const isThrashing = isConflict && last.currentVersion === previous?.currentVersion;
      return isThrashing ? { giveUp: new ThrashingError(failed) } : backoff.onFailure(failed, random);
    },
  };
}
