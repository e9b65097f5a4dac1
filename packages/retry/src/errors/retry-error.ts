import { AetherError } from "@aether/core";

/** What every error of this package tells; each adds its own. */
export interface RetryErrorDetails {
  readonly actorId: string;
  readonly cause?: unknown;
}

/** What the errors of this package have in common: their fields are the details that they are made of. */
export abstract class RetryError extends AetherError {
  declare readonly actorId: string;

  constructor(message: string, { cause, ...fields }: RetryErrorDetails) {
    // Quoted, and cut where it is very long.
    super(`actor ${JSON.stringify(fields.actorId.slice(0, 120))}: ${message}`, cause === undefined ? {} : { cause });
    Object.assign(this, fields);
  }
}
