import { AetherError, because } from "./aether-error.ts";

/** What {@link InvalidArgumentError} is made of. */
export interface InvalidArgumentDetails {
  /** The name of the argument, and the path in it where that helps. */
  readonly argument: string;
  /** What is wrong with it, to be read after its name. */
  readonly reason: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * An argument or an option other than an event is refused. Nothing was done.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_ARGUMENT")) console.log(error.argument, error.reason);
 * ```
 */
export class InvalidArgumentError extends AetherError {
  override readonly name: string = "InvalidArgumentError";
  readonly code = "AETHER_INVALID_ARGUMENT" as const;
  /** Its name, and the path in it where that helps: `"fromVersion"`, `"snapshot.state.total"`. */
  readonly argument: string;
  /** What is wrong with it, to be read after its name. */
  readonly reason: string;

  constructor(details: InvalidArgumentDetails) {
    super(`${details.argument} ${details.reason}`, because(details));
    this.argument = details.argument;
    this.reason = details.reason;
  }
}
