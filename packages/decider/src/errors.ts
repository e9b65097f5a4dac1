import { AetherError, type ErrorDetails, quote } from "@aether/core";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_INVALID_DECISION: InvalidDecisionError;
    AETHER_UNKNOWN_COMMAND: UnknownCommandError;
    AETHER_UNKNOWN_EVENT: UnknownEventError;
  }
}

/**
 * The function that decides this type of command returned something other than events, or made an event and returned
 * nothing. Nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_DECISION")) console.log(error.commandType, error.reason);
 * ```
 */
export class InvalidDecisionError extends AetherError {
  override readonly name: string = "InvalidDecisionError";
  readonly code = "AETHER_INVALID_DECISION" as const;
  /** Type of the command. */
  declare readonly commandType: string;
  /** Reason, phrased to follow the name of the function: `"returned null instead of an event"`. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<InvalidDecisionError>) {
    super(`decide.${details.commandType} ${details.reason}`, details);
  }
}

/**
 * The decider has no function for this type of command. Nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNKNOWN_COMMAND")) console.log(error.commandType);
 * ```
 */
export class UnknownCommandError extends AetherError {
  override readonly name: string = "UnknownCommandError";
  readonly code = "AETHER_UNKNOWN_COMMAND" as const;
  /** The command's `type`, as text. */
  declare readonly commandType: string;

  constructor(details: ErrorDetails<UnknownCommandError>) {
    super(`the decider has no function for the command ${quote(details.commandType)}; check its type`, details);
  }
}

/**
 * The decider has no function for the type of a stored event, so it cannot compute the actor's state. Nothing was
 * saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNKNOWN_EVENT")) console.log(error.actorId, error.eventType);
 * ```
 */
export class UnknownEventError extends AetherError {
  override readonly name: string = "UnknownEventError";
  readonly code = "AETHER_UNKNOWN_EVENT" as const;
  /** Actor of the event. */
  declare readonly actorId: string;
  /** Type of the event. */
  declare readonly eventType: string;
  /** Version of the event. */
  declare readonly version: number;

  constructor(details: ErrorDetails<UnknownEventError>) {
    const { actorId, eventType, version } = details;
    super(
      `version ${version} of actor ${quote(actorId)} has the type ${quote(eventType)}, for which the decider has no ` +
        "function; add one to its evolve",
      details,
    );
  }
}
