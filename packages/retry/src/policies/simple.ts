import { type BackoffOptions, backoffOf, exponentialDelayMs } from "./backoff.ts";
import { limitedPolicy, type RetryPolicy } from "./retry-policy.ts";

/**
 * Exponential backoff without jitter: by default waits 100 ms, then 200 ms, then gives up. Writers that conflict with
 * each other wait equally long and conflict again, so use `defaultPolicy` if more than a few writers share an actor.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", decide, { policy: simple({ maxAttempts: 5 }) });
 * ```
 */
export function simple(options: BackoffOptions = {}): RetryPolicy<unknown> {
  const backoff = backoffOf(options);
  return limitedPolicy("simple", backoff.maxAttempts, ({ attempt }) => exponentialDelayMs(backoff, attempt));
}
