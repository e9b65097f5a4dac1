import { isVersionConflictError, type OutcomeUnknownError, type VersionConflictError } from "@aether/core";
import { RetriesExhaustedError } from "./errors/retries-exhausted-error.ts";
import { numbersOf } from "./numbers.ts";
import type { RetrySettings } from "./retry-options.ts";
import type { AttemptOutcome, FailedAttempt, RetryableError } from "./retry-policy.ts";

/** How one attempt ended: with the call's result, or with an error that another attempt may mend. */
export type AttemptEnd<Result> =
  | { readonly outcome: AttemptOutcome; readonly result: Result }
  | { readonly outcome: AttemptOutcome; readonly error: RetryableError };

/** Makes one attempt. What it throws ends the call. */
export type MakeAttempt<Result> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<AttemptEnd<Result>>;

const rememberedConflicts = 100;

/**
 * Makes attempts until one ends with a result, the policy gives up, time runs out or the signal aborts.
 *
 * @param actorId - whose attempts they are; if that is not known, an empty string
 */
export async function retry<Result>(
  actorId: string,
  settings: RetrySettings,
  makeAttempt: MakeAttempt<Result>,
): Promise<Result> {
  const { policy, signal, clock } = settings;
  const startedMs = clock.now();
  let conflicts: readonly VersionConflictError[] = [];
  let unknown: OutcomeUnknownError | undefined;
  let previousDelayMs = 0;
  try {
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      const conflict = conflicts.at(-1);
      const observe = policy.admit?.(actorId);
      let outcome: AttemptOutcome = "other";
      let end: AttemptEnd<Result>;
      try {
        end = await makeAttempt(attempt, conflict);
        outcome = end.outcome;
      } finally {
        observe?.(outcome);
      }
      if ("result" in end) return end.result;
      const { error } = end;
      if (isVersionConflictError(error)) {
        conflicts = [...conflicts, error].slice(-rememberedConflicts);
        unknown = undefined;
      } else unknown = error;
      signal?.throwIfAborted();
      const elapsedMs = clock.now() - startedMs;
      const failed = { actorId: actorId || error.actorId, attempt, elapsedMs, error, conflicts, previousDelayMs };
      const delayMs = delayOrGiveUp(failed, settings);
      settings.onRetry?.({ ...failed, delayMs });
      await clock.sleep(delayMs, signal);
      previousDelayMs = delayMs;
    }
  } catch (error) {
    // Whatever else went wrong, the caller must know first of all that something may have been saved.
    throw unknown ?? error;
  }
}

/** The wait in milliseconds that the policy asks for; throws if it gives up, or if there is no time left for it. */
function delayOrGiveUp(failed: FailedAttempt, { policy, random, maxElapsedMs }: RetrySettings): number {
  const verdict = policy.onFailure(failed, random);
  if ("retryAfterMs" in verdict) {
    const { retryAfterMs } = numbersOf(verdict, { retryAfterMs: 0 });
    if (failed.elapsedMs + retryAfterMs <= maxElapsedMs) return retryAfterMs;
  } else if (verdict.giveUp !== true) throw verdict.giveUp;
  throw new RetriesExhaustedError(failed);
}
