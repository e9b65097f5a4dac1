import { isAetherError } from "@aether/core";
import type { HandlerRetryPolicy } from "@aether/processor";

/** Errors after which a page is done again, from fresh reads, as long as this process owns the partition. */
const PASSING = ["AETHER_REVISION_CONFLICT", "AETHER_STORE_UNAVAILABLE", "AETHER_OUTCOME_UNKNOWN"] as const;
const FIRST_MS = 5;
const MAX_MS = 1_000;

/** Does a page again after errors of the stores. Other errors are errors of the definition, and repeat. */
export const pagePolicy: HandlerRetryPolicy = {
  onFailure({ error, attempt }, random) {
    if (!PASSING.some((code) => isAetherError(error, code))) return { giveUp: true };
    return { retryAfterMs: Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 20)) * (0.5 + random() / 2) };
  },
};
