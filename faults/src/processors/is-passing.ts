import { isAetherError } from "@aether/core";

/** Returns true if an error is one of a fault: the store may work again a moment later. */
export function isPassing(error: unknown): boolean {
  return isAetherError(error, "AETHER_STORE_UNAVAILABLE") || isAetherError(error, "AETHER_OUTCOME_UNKNOWN");
}
