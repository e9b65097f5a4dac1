import { AetherError, because } from "./aether-error.ts";

export interface InvalidEventDetails {
  readonly path: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** An event is refused as it is. Nothing was stored. */
export class InvalidEventError extends AetherError {
  override readonly name: string = "InvalidEventError";
  readonly code = "AETHER_INVALID_EVENT" as const;
  /** Where the culprit is: `"data.lines[3].price"`; in a batch `"[1].version"`; empty for the event itself. */
  readonly path: string;
  readonly reason: string;

  constructor(details: InvalidEventDetails) {
    super(`the event is refused: ${details.path === "" ? "it" : details.path} ${details.reason}`, because(details));
    this.path = details.path;
    this.reason = details.reason;
  }
}
