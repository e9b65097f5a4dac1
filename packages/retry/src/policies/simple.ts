import { type BackoffOptions, backoffOf, exponentialDelayMs } from "../exponential-backoff.ts";
import { limited } from "../limited.ts";
import type { RetryPolicy } from "../retry-policy.ts";

/**
 * Waits that double: 100 ms, 200 ms, then it gives up. Writers that met once wait equally long and meet again: for more
 * than a few writers of one actor take `jitter`.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", decide, { policy: simple({ maxAttempts: 5 }) });
 * ```
 */
export function simple(options: BackoffOptions = {}): RetryPolicy {
  const backoff = backoffOf(options);
  return limited("simple", backoff.maxAttempts, ({ attempt }) => exponentialDelayMs(backoff, attempt));
}
