import { isVersionConflictError, type OutcomeUnknownError, type VersionConflictError } from "@aether/core";
import { checkMs } from "./arguments.ts";
import { RetriesExhaustedError } from "./errors/retries-exhausted-error.ts";
import type { RetrySettings } from "./retry-options.ts";
import type { AttemptOutcome, FailedAttempt, RetryableError } from "./retry-policy.ts";

/** How one attempt ended: with the call's result, or in a way that another attempt may mend. */
export type AttemptEnd<Result> =
  | { readonly outcome: "saved" | "other"; readonly result: Result }
  | { readonly outcome: "failed"; readonly error: RetryableError };

/** Makes one attempt. What it throws ends the call. */
export type MakeAttempt<Result> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<AttemptEnd<Result>>;

const rememberedConflicts = 100;

/** Makes attempts until one ends with a result, the policy gives up, time runs out or the signal aborts. */
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
      const end = await observed(policy.admit?.(actorId), () => makeAttempt(attempt, conflict));
      if (end.outcome !== "failed") return end.result;
      const { error } = end;
      if (isVersionConflictError(error)) {
        conflicts = Object.freeze([...conflicts, error].slice(-rememberedConflicts));
        unknown = undefined;
      } else unknown = error;
      signal?.throwIfAborted();
      const elapsedMs = clock.now() - startedMs;
      const failed: FailedAttempt = { actorId, attempt, elapsedMs, error, conflicts, previousDelayMs };
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

/** Makes an attempt and tells its observer once how it ended, also when it throws. */
async function observed<Result>(
  observe: ((outcome: AttemptOutcome) => void) | undefined,
  makeAttempt: () => Promise<AttemptEnd<Result>>,
): Promise<AttemptEnd<Result>> {
  let outcome: AttemptOutcome = "other";
  try {
    const end = await makeAttempt();
    if (end.outcome !== "failed") outcome = end.outcome;
    else if (isVersionConflictError(end.error)) outcome = "conflict";
    return end;
  } finally {
    observe?.(outcome);
  }
}

/** The wait in milliseconds that the policy asks for; throws if it gives up, or if there is no time left for it. */
function delayOrGiveUp(failed: FailedAttempt, { policy, random, maxElapsedMs }: RetrySettings): number {
  const verdict = policy.onFailure(failed, random);
  if ("giveUp" in verdict) throw verdict.giveUp === true ? exhausted(failed) : verdict.giveUp;
  checkMs(verdict.retryAfterMs, `the delay of policy ${policy.name}`);
  if (failed.elapsedMs + verdict.retryAfterMs > maxElapsedMs) throw exhausted(failed);
  return verdict.retryAfterMs;
}

function exhausted(failed: FailedAttempt): RetriesExhaustedError {
  return new RetriesExhaustedError({ ...failed, attempts: failed.attempt });
}
