import { AetherError } from "@aether/core";

/**
 * Other processes wrote to the actor again and again between reading its head and saving. Nothing was stored.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_CONTENTION")) console.log(error.attempts);
 * ```
 */
export class ContentionError extends AetherError {
  override readonly name: string = "ContentionError";
  readonly code = "AETHER_CONTENTION" as const;
  /** The actor that it is about. */
  readonly actorId: string;
  /** How often others were faster. */
  readonly attempts: number;

  constructor(details: { readonly actorId: string; readonly attempts: number }) {
    super(
      `actor ${JSON.stringify(details.actorId.slice(0, 120))} was written to by others ${details.attempts} times while ` +
        "one save was tried; save the version that follows the latest, not one far ahead, or try again later",
    );
    this.actorId = details.actorId;
    this.attempts = details.attempts;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_CONTENTION: ContentionError;
  }
}
