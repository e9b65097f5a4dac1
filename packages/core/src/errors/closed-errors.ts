import { AetherError, because } from "./aether-error.ts";

/**
 * The store was closed before the call. Nothing was done.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_CLOSED")) console.log("open another store");
 * ```
 */
export class StoreClosedError extends AetherError {
  override readonly name: string = "StoreClosedError";
  readonly code = "AETHER_STORE_CLOSED" as const;

  constructor(details: { readonly cause?: unknown } = {}) {
    super("the store is closed; open another one", because(details));
  }
}

/**
 * The bus was closed before the call. Nothing was done.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_BUS_CLOSED")) console.log("open another bus");
 * ```
 */
export class BusClosedError extends AetherError {
  override readonly name: string = "BusClosedError";
  readonly code = "AETHER_BUS_CLOSED" as const;

  constructor(details: { readonly cause?: unknown } = {}) {
    super("the event bus is closed; open another one", because(details));
  }
}
