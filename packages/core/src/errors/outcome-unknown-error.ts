import { AetherError, because, quote } from "./aether-error.ts";

/** What {@link OutcomeUnknownError} is made of. */
export interface OutcomeUnknownDetails {
  /** The actor that it is about. */
  readonly actorId: string;
  /** The ids of the events, also those that the store made. */
  readonly eventIds: readonly string[];
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * The store was asked to save and nobody knows whether it did: no answer came in time, or the caller stopped waiting.
 * Save the same event again, with the same id and version: it is stored then, or a version conflict with `sameEvent`
 * says that it was.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) console.log(`save again with the ids ${error.eventIds}`);
 * ```
 */
export class OutcomeUnknownError extends AetherError {
  override readonly name: string = "OutcomeUnknownError";
  readonly code = "AETHER_OUTCOME_UNKNOWN" as const;
  /** The actor that it is about. */
  readonly actorId: string;
  /** The ids of the events, also those that the store made, to save them again with. */
  readonly eventIds: readonly string[];

  constructor(details: OutcomeUnknownDetails) {
    super(
      `it is unknown whether ${details.eventIds.length} event(s) of actor ${quote(details.actorId)} were saved; ` +
        "save them again with the same ids and versions to find out",
      because(details),
    );
    this.actorId = details.actorId;
    this.eventIds = Object.freeze([...details.eventIds]);
  }
}
