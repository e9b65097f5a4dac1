import { AetherError, because } from "./aether-error.ts";

/** What {@link UnsupportedError} is made of. */
export interface UnsupportedDetails {
  /** What was asked for: `"batch"`. */
  readonly capability: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * The store, or the bus, does not have this capability. Its manifest `supports` says which it has.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNSUPPORTED")) console.log(error.capability);
 * ```
 */
export class UnsupportedError extends AetherError {
  override readonly name: string = "UnsupportedError";
  readonly code = "AETHER_UNSUPPORTED" as const;
  /** What was asked for: `"batch"`. */
  readonly capability: string;

  constructor(details: UnsupportedDetails) {
    super(`${details.capability} is not supported here; ask supports() before using it`, because(details));
    this.capability = details.capability;
  }
}
