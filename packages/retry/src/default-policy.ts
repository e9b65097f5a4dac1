import { jitter } from "./policies/jitter.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/**
 * What is used where no policy is given: full jitter, from at most 10 ms, doubling to at most 1 s, in 30 attempts.
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", decide, { policy: defaultPolicy }); // as without
 * ```
 */
export const defaultPolicy: RetryPolicy = /* @__PURE__ */ jitter({
  kind: "full",
  maxAttempts: 30,
  baseDelayMs: 10,
  maxDelayMs: 1_000,
});
