import type { VersionConflictError } from "@aether/core";
import type { FailedAttempt } from "../retry-policy.ts";
import { RetryError } from "./retry-error.ts";

/** What a call that gives up knows: all of it is in its last failed attempt. */
export type GaveUpDetails = Pick<FailedAttempt, "actorId" | "attempt" | "elapsedMs" | "conflicts">;

/** What the errors have in common that end the attempts of a call. Nothing was saved. */
export abstract class GaveUpError extends RetryError {
  /** How many attempts there were. */
  declare readonly attempts: number;
  /** Milliseconds from the beginning of the call to the end of the last attempt. */
  declare readonly elapsedMs: number;
  /** Oldest first; the last 100 if there are more. */
  declare readonly conflicts: readonly VersionConflictError[];

  constructor(why: string, { actorId, attempt: attempts, elapsedMs, conflicts }: GaveUpDetails) {
    const details = { actorId, attempts, elapsedMs, conflicts, cause: conflicts.at(-1) };
    super(`gave up after ${attempts} attempt(s) in ${Math.round(elapsedMs)} ms: ${why}`, details);
  }
}
