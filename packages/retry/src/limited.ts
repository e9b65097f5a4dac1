import type { FailedAttempt, RetryPolicy } from "./retry-policy.ts";

/** A policy that gives up after so many attempts, and until then waits as long as `delayMs` says. */
export function limited(
  name: string,
  maxAttempts: number,
  delayMs: (failed: FailedAttempt, random: () => number) => number,
): RetryPolicy {
  return {
    name,
    onFailure: (failed, random) =>
      failed.attempt >= maxAttempts ? { giveUp: true } : { retryAfterMs: delayMs(failed, random) },
  };
}
