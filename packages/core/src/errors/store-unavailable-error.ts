import { AetherError, because } from "./aether-error.ts";

export interface StoreUnavailableDetails {
  readonly operation: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** What the store stands on did not answer, or refused. Nothing was written; trying again later may help. */
export class StoreUnavailableError extends AetherError {
  override readonly name: string = "StoreUnavailableError";
  readonly code = "AETHER_STORE_UNAVAILABLE" as const;
  /** What the store was doing: `"read the latest version"`. */
  readonly operation: string;
  readonly reason: string;

  constructor(details: StoreUnavailableDetails) {
    super(`the store could not ${details.operation}: ${details.reason}`, because(details));
    this.operation = details.operation;
    this.reason = details.reason;
  }
}
