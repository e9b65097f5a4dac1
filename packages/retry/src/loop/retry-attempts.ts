import type { RetryableError } from "../policies/retry-policy.ts";
import { type MakeAttempt, retry } from "./retry-loop.ts";
import { type RetryOptions, type RetrySettings, settingsOf } from "./retry-options.ts";

/** Options of {@link retryAttempts}. */
export interface RetryAttemptsOptions extends RetryOptions {
  /**
   * Start of the call in milliseconds, by the clock of the call.
   * @default now
   */
  readonly startedMs?: number | undefined;
  /**
   * Error of the first attempt, if the caller has already made it. The first attempt of the loop is then the second.
   * Only for policies without `admit`.
   * @default none
   */
  readonly firstError?: RetryableError | undefined;
}

/**
 * Checks the options of calls that retry, and adds the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { policy, clock } = retrySettings({ policy: simple() });
 * ```
 */
export function retrySettings(options: RetryOptions): RetrySettings {
  return settingsOf(options);
}

/**
 * Makes attempts until one returns a result, the policy gives up, time runs out or the signal aborts: the loop of
 * `appendWithRetry`, for functions that save in their own way. An attempt returns a version conflict or an unknown
 * outcome as its `error`. After an unknown outcome, the next attempt must save the same events again. Any other error
 * that an attempt throws ends the call.
 *
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_OUTCOME_UNKNOWN` if the outcome of the last save is unknown
 * @throws `AETHER_INVALID_ARGUMENT` for invalid options
 * @throws `signal.reason`, and the errors that attempts throw
 *
 * @example
 * ```ts
 * const receipt = await retryAttempts("order-1", {}, async () => {
 *   try {
 *     return { saved: true, result: await store.saveEvent(event) };
 *   } catch (error) {
 *     if (isVersionConflictError(error) && !error.sameEvent) return { error };
 *     throw error;
 *   }
 * });
 * ```
 */
export async function retryAttempts<Result>(
  actorId: string,
  options: RetryAttemptsOptions,
  makeAttempt: MakeAttempt<Result>,
): Promise<Result> {
  return retry(actorId, settingsOf(options), makeAttempt, options.startedMs, options.firstError);
}
