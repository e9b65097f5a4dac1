import { type Backoff, type BackoffOptions, backoffOf, exponentialDelayMs } from "../exponential-backoff.ts";
import { invalid } from "../invalid.ts";
import { limited } from "../limited.ts";
import type { FailedAttempt, RetryPolicy } from "../retry-policy.ts";

/**
 * How chance changes the wait:
 * - `"additive"`: the doubled wait plus up to a tenth of it;
 * - `"full"`: anything from 0 up to the doubled wait;
 * - `"decorrelated"`: anything from `baseDelayMs` up to three times the wait before.
 */
export type JitterKind = "additive" | "full" | "decorrelated";

/** Options of {@link jitter}. */
export interface JitterOptions extends BackoffOptions {
  /** @default "additive" */
  readonly kind?: JitterKind;
}

/**
 * Random waits, so that writers that met once do not meet again: `"full"` spreads them most.
 *
 * Full and decorrelated jitter are described by M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const policy = jitter({ kind: "full", maxAttempts: 10, baseDelayMs: 5 });
 * await appendWithRetry(store, "order-1", decide, { policy });
 * ```
 */
export function jitter(options: JitterOptions = {}): RetryPolicy {
  const backoff = backoffOf(options);
  const { kind = "additive" } = options;
  if (!Object.hasOwn(delays, kind)) {
    throw invalid("kind", `must be one of ${Object.keys(delays)}`);
  }
  return limited(`jitter(${kind})`, backoff.maxAttempts, (failed, random) => delays[kind](backoff, failed, random()));
}

type DelayMs = (backoff: Backoff, failed: FailedAttempt, chance: number) => number;

const delays: Readonly<Record<JitterKind, DelayMs>> = {
  additive: (backoff, { attempt }, chance) =>
    Math.min(backoff.maxDelayMs, exponentialDelayMs(backoff, attempt) * (1 + 0.1 * chance)),
  full: (backoff, { attempt }, chance) => exponentialDelayMs(backoff, attempt) * chance,
  decorrelated: ({ baseDelayMs, maxDelayMs }, { previousDelayMs }, chance) => {
    const longestMs = Math.max(baseDelayMs, previousDelayMs * 3);
    return Math.min(maxDelayMs, baseDelayMs + (longestMs - baseDelayMs) * chance);
  },
};
