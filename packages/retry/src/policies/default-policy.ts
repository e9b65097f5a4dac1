import { jitter } from "./jitter.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/**
 * Policy of calls without the option `policy`: exponential backoff with full jitter, up to 30 attempts. The first wait
 * is at most 10 ms, and no wait is longer than 1 s.
 */
export const defaultPolicy: RetryPolicy<unknown> = /* @__PURE__ */ jitter({
  kind: "full",
  maxAttempts: 30,
  baseDelayMs: 10,
  maxDelayMs: 1_000,
});
