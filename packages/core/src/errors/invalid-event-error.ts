import { AetherError, because } from "./aether-error.ts";

/** What {@link InvalidEventError} is made of. */
export interface InvalidEventDetails {
  /** Where the culprit is; empty for the event itself. */
  readonly path: string;
  /** What is wrong there, to be read after the path. */
  readonly reason: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * An event is refused as it is. Nothing was stored.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_EVENT")) console.log(error.path, error.reason);
 * ```
 */
export class InvalidEventError extends AetherError {
  override readonly name: string = "InvalidEventError";
  readonly code = "AETHER_INVALID_EVENT" as const;
  /** Where the culprit is: `"data.lines[3].price"`; in a batch `"[1].version"`; empty for the event itself. */
  readonly path: string;
  /** What is wrong there, to be read after the path. */
  readonly reason: string;

  constructor(details: InvalidEventDetails) {
    super(`the event is refused: ${details.path === "" ? "it" : details.path} ${details.reason}`, because(details));
    this.path = details.path;
    this.reason = details.reason;
  }
}
