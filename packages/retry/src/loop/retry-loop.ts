import { isVersionConflictError, type OutcomeUnknownError, type VersionConflictError } from "@aether/core";
import { numbersOf } from "../check-options.ts";
import { RetriesExhaustedError } from "../errors.ts";
import type { AttemptOutcome, FailedAttempt, RetryableError } from "../policies/retry-policy.ts";
import type { RetrySettings } from "./retry-options.ts";

/**
 * End of one attempt: the result of the call, or an error after which another attempt can help. `saved` is true if the
 * attempt saved something, which policies are notified of.
 */
export type AttemptEnd<Result> =
  | { readonly saved?: boolean; readonly result: Result }
  | { readonly error: RetryableError };

/** Function that makes one attempt. If it throws, the call ends with that error. */
export type MakeAttempt<Result> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<AttemptEnd<Result>>;

const rememberedConflicts = 100;

/** Settings of {@link retryAttempts}. */
export type AttemptSettings = RetrySettings & {
  /**
   * Start of the call in milliseconds, by the clock of the settings.
   * @default now
   */
  readonly startedMs?: number | undefined;
  /**
   * Error of the first attempt, if the caller has already made it. The loop then begins with the second attempt. Only
   * for policies without `admit`.
   * @default none
   */
  readonly firstError?: RetryableError | undefined;
};

/**
 * Makes attempts until one returns a result, the policy gives up, time runs out or the signal aborts: the loop of
 * `appendWithRetry`, for functions that save in their own way. An attempt returns a version conflict or an unknown
 * outcome as its `error`. After an unknown outcome, the next attempt must save the same events again. Any other error
 * that an attempt throws ends the call.
 *
 * @param actorId - id of the actor; empty if it is unknown
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_OUTCOME_UNKNOWN` if the outcome of the last save is unknown
 * @throws `AETHER_INVALID_ARGUMENT` if the policy returns an invalid wait
 * @throws `signal.reason`, and the errors that attempts throw
 *
 * @example
 * ```ts
 * const receipt = await retryAttempts("order-1", retrySettings({ policy: simple() }), async () => {
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
  settings: AttemptSettings,
  makeAttempt: MakeAttempt<Result>,
): Promise<Result> {
  const { policy, signal, clock, startedMs = clock.now(), firstError } = settings;
  let conflicts: readonly VersionConflictError[] = [];
  let unknown: OutcomeUnknownError | undefined;
  let previousDelayMs = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      const made = attempt === 1 ? firstError : undefined;
      if (made === undefined) signal?.throwIfAborted();
      const observe = made === undefined ? policy.admit?.(actorId) : undefined;
      let outcome: AttemptOutcome = "other";
      let error: RetryableError;
      try {
        const end = made === undefined ? await makeAttempt(attempt, conflicts.at(-1)) : { error: made };
        if ("result" in end) {
          if (end.saved) outcome = "saved";
          return end.result;
        }
        error = end.error;
        if (isVersionConflictError(error)) {
          outcome = "conflict";
          conflicts = [...conflicts, error].slice(-rememberedConflicts);
          unknown = undefined;
        } else unknown = error;
      } finally {
        observe?.(outcome);
      }
      signal?.throwIfAborted();
      const elapsedMs = clock.now() - startedMs;
      const failed = {
        actorId: actorId || (error.actorId ?? ""),
        attempt,
        elapsedMs,
        error,
        conflicts,
        previousDelayMs,
      };
      const delayMs = delayOrGiveUp(failed, settings);
      settings.onRetry?.({ ...failed, delayMs });
      await clock.sleep(delayMs, signal);
      previousDelayMs = delayMs;
    }
  } catch (error) {
    // An unknown outcome takes precedence over any other error, because the caller must know that events may be saved.
    throw unknown ?? error;
  }
}

/** Returns the policy's wait in milliseconds. Throws if the policy gives up or the wait exceeds `maxElapsedMs`. */
function delayOrGiveUp(failed: FailedAttempt, { policy, random, maxElapsedMs }: RetrySettings): number {
  const verdict = policy.onFailure(failed, random);
  if ("retryAfterMs" in verdict) {
    const { retryAfterMs } = numbersOf(verdict, { retryAfterMs: 0 });
    if (failed.elapsedMs + retryAfterMs <= maxElapsedMs) return retryAfterMs;
  } else if (verdict.giveUp !== true) throw verdict.giveUp;
  throw new RetriesExhaustedError(failed);
}
