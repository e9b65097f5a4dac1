import { AetherError } from "@aether/core";

/**
 * The stream, its account or the server has no room left. Nothing was stored, and nothing that was stored is lost.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_FULL")) console.log(error.streamName);
 * ```
 */
export class StoreFullError extends AetherError {
  override readonly name: string = "StoreFullError";
  readonly code = "AETHER_STORE_FULL" as const;
  /** The name of the stream, as the server knows it. */
  readonly streamName: string;

  constructor(details: { readonly streamName: string; readonly cause?: unknown }) {
    const { cause } = details;
    super(
      `stream ${details.streamName} is full${cause instanceof Error ? ` (${cause.message})` : ""}; ` +
        "raise its limits or the server's storage, or keep events for less long",
      cause === undefined ? {} : { cause },
    );
    this.streamName = details.streamName;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_STORE_FULL: StoreFullError;
  }
}
