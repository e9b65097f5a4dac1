import { AetherError, type ErrorDetails, quote } from "@aether/core";

/**
 * An event is stored, but could not be announced.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_ANNOUNCEMENT_LOST")) console.log(error.actorId, error.version);
 * ```
 */
export class AnnouncementLostError extends AetherError {
  override readonly name: string = "AnnouncementLostError";
  readonly code = "AETHER_ANNOUNCEMENT_LOST" as const;
  /** Actor of the event. */
  declare readonly actorId: string;
  /** Version of the event. */
  declare readonly version: number;
  /** Id of the event. */
  declare readonly eventId: string;
  /** Reason for the loss, in words. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<AnnouncementLostError>) {
    const { actorId, version, reason } = details;
    super(`version ${version} of actor ${quote(actorId)} is stored, but was not announced: ${reason}`, details);
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_ANNOUNCEMENT_LOST: AnnouncementLostError;
  }
}
