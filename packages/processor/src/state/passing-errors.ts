import { isAetherError } from "@aether/core";

/** Returns true if another attempt to reach a store may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return isAetherError(error, "AETHER_STORE_UNAVAILABLE") || isAetherError(error, "AETHER_OUTCOME_UNKNOWN");
}

/** Returns true if a write by compare-and-set must be decided again, from a new read of the document. */
export function isUndecided(error: unknown): boolean {
  return isAetherError(error, "AETHER_REVISION_CONFLICT") || isAetherError(error, "AETHER_OUTCOME_UNKNOWN");
}
