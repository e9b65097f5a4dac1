import { invalid } from "@aether/core";
import { type Backoff, type BackoffOptions, backoffOf, exponentialDelayMs } from "./backoff.ts";
import { type FailedAttempt, limitedPolicy, type RetryPolicy } from "./retry-policy.ts";

/**
 * Range of a random wait:
 * - `"additive"`: the exponential wait plus up to 10% of it;
 * - `"full"`: a random time from 0 up to the exponential wait;
 * - `"decorrelated"`: a random time from `baseDelayMs` up to three times the previous wait.
 */
export type JitterKind = "additive" | "full" | "decorrelated";

/** Options of {@link jitter}. */
export interface JitterOptions extends BackoffOptions {
  /**
   * Range of the random waits.
   * @default "additive"
   */
  readonly kind?: JitterKind | undefined;
}

/**
 * Exponential backoff with jitter. Random waits make it less likely that writers that conflicted conflict again. The
 * kind `"full"` spreads the waits most.
 *
 * M. Brooker describes full and decorrelated jitter in "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const policy = jitter({ kind: "full", maxAttempts: 10, baseDelayMs: 5 });
 * await appendWithRetry(store, "order-1", decide, { policy });
 * ```
 */
export function jitter(options: JitterOptions = {}): RetryPolicy<unknown> {
  const backoff = backoffOf(options);
  const { kind = "additive" } = options;
  if (!Object.hasOwn(delays, kind)) throw invalid("kind", `must be one of ${Object.keys(delays)}`);
  return limitedPolicy(`jitter(${kind})`, backoff.maxAttempts, (failed, random) =>
    delays[kind](backoff, failed, random()),
  );
}

type DelayMs = (backoff: Backoff, failed: FailedAttempt<unknown>, chance: number) => number;

const delays: Readonly<Record<JitterKind, DelayMs>> = {
  additive: (backoff, { attempt }, chance) =>
    Math.min(backoff.maxDelayMs, exponentialDelayMs(backoff, attempt) * (1 + 0.1 * chance)),
  full: (backoff, { attempt }, chance) => exponentialDelayMs(backoff, attempt) * chance,
  decorrelated: ({ baseDelayMs, maxDelayMs }, { previousDelayMs }, chance) => {
    // Not Infinity, because Infinity * 0 is NaN.
    const longestMs = Math.min(Number.MAX_VALUE, Math.max(baseDelayMs, previousDelayMs * 3));
    return Math.min(maxDelayMs, baseDelayMs + (longestMs - baseDelayMs) * chance);
  },
};
