import { AetherError, because } from "./aether-error.ts";

/** What {@link StoreUnavailableError} is made of. */
export interface StoreUnavailableDetails {
  /** What the store was doing: `"read the latest version"`. */
  readonly operation: string;
  /** Why, in words. */
  readonly reason: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * What the store stands on did not answer, or refused. Nothing was written; trying again later may help.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_UNAVAILABLE")) console.log(error.operation, error.reason);
 * ```
 */
export class StoreUnavailableError extends AetherError {
  override readonly name: string = "StoreUnavailableError";
  readonly code = "AETHER_STORE_UNAVAILABLE" as const;
  /** What the store was doing: `"read the latest version"`. */
  readonly operation: string;
  /** Why, in words. */
  readonly reason: string;

  constructor(details: StoreUnavailableDetails) {
    super(`the store could not ${details.operation}: ${details.reason}`, because(details));
    this.operation = details.operation;
    this.reason = details.reason;
  }
}
