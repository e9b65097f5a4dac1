import { AetherError, because } from "./aether-error.ts";

export interface UnsupportedDetails {
  readonly capability: string;
  readonly cause?: unknown;
}

/** The store, or the bus, does not have this capability. Its manifest `supports` says which it has. */
export class UnsupportedError extends AetherError {
  override readonly name: string = "UnsupportedError";
  readonly code = "AETHER_UNSUPPORTED" as const;
  readonly capability: string;

  constructor(details: UnsupportedDetails) {
    super(`${details.capability} is not supported here; ask supports() before using it`, because(details));
    this.capability = details.capability;
  }
}
