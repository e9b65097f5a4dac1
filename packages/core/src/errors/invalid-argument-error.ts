import { AetherError, because } from "./aether-error.ts";

export interface InvalidArgumentDetails {
  readonly argument: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** An argument or an option other than an event is refused. Nothing was done. */
export class InvalidArgumentError extends AetherError {
  override readonly name: string = "InvalidArgumentError";
  readonly code = "AETHER_INVALID_ARGUMENT" as const;
  /** Its name, and the path in it where that helps: `"fromVersion"`, `"snapshot.state.total"`. */
  readonly argument: string;
  readonly reason: string;

  constructor(details: InvalidArgumentDetails) {
    super(`${details.argument} ${details.reason}`, because(details));
    this.argument = details.argument;
    this.reason = details.reason;
  }
}
