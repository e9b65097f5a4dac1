import { AetherError, type ErrorDetails, type Position, quote } from "@aether/core";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_PROJECTION_FAILED: ProjectionFailedError;
    AETHER_PROJECTION_NOT_LIVE: NotLiveError;
    AETHER_PROJECTION_DROPPED: ProjectionDroppedError;
  }
}

/**
 * A projection could not handle an event: a function of its definition threw, or returned an invalid value. The `cause`
 * is the underlying error. The invalid value is not stored. The next start continues with the event.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROJECTION_FAILED")) console.log(error.eventType, error.documentId, error.cause);
 * ```
 */
export class ProjectionFailedError extends AetherError {
  override readonly name: string = "ProjectionFailedError";
  readonly code = "AETHER_PROJECTION_FAILED" as const;
  /** Name of the projection. */
  declare readonly projection: string;
  /** Id of the document; `undefined` if `documentId` has failed. */
  declare readonly documentId: string | undefined;
  /** Type of the event. */
  declare readonly eventType: string;
  /** Id of the event's actor. */
  declare readonly actorId: string;
  /** Position of the event. */
  declare readonly position: Position;

  constructor(details: ErrorDetails<ProjectionFailedError>) {
    const { projection, documentId, eventType, actorId, position, cause } = details;
    const what = documentId === undefined ? "documentId" : `evolve for document ${quote(documentId)}`;
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    super(
      `projection ${quote(projection)} failed at the event ${quote(eventType)} of actor ${quote(actorId)} ` +
        `(position ${position}), in ${what}${why}; fix the definition and start the projection again`,
      details,
    );
  }
}

/**
 * `untilLive` has timed out: the version, or the later one that is live, is still being built, or no process builds it.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROJECTION_NOT_LIVE")) console.log(await running.progress());
 * ```
 */
export class NotLiveError extends AetherError {
  override readonly name: string = "NotLiveError";
  readonly code = "AETHER_PROJECTION_NOT_LIVE" as const;
  /** Name of the projection. */
  declare readonly projection: string;
  /** The version that this process runs. */
  declare readonly version: number;
  /** The live version: the one that is read. */
  declare readonly liveVersion: number;
  /** Time that the call waited, in milliseconds. */
  declare readonly timeoutMs: number;

  constructor(details: ErrorDetails<NotLiveError>) {
    const { projection, version, liveVersion, timeoutMs } = details;
    const advice =
      liveVersion > version
        ? `this process runs version ${version}, so run version ${liveVersion} or a later one`
        : "wait longer, and call progress() to see how far it is";
    super(
      `version ${Math.max(version, liveVersion)} of projection ${quote(projection)} ` +
        `was not ${liveVersion < version ? "live" : "up to date"} within ${timeoutMs} ms; ${advice}`,
      details,
    );
  }
}

/**
 * This version of the projection was dropped: its documents are deleted, and it cannot be started again.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROJECTION_DROPPED")) console.log(error.projection, error.version);
 * ```
 */
export class ProjectionDroppedError extends AetherError {
  override readonly name: string = "ProjectionDroppedError";
  readonly code = "AETHER_PROJECTION_DROPPED" as const;
  /** Name of the projection. */
  declare readonly projection: string;
  /** The version that was dropped. */
  declare readonly version: number;

  constructor(details: ErrorDetails<ProjectionDroppedError>) {
    const { projection, version } = details;
    super(`version ${version} of projection ${quote(projection)} was dropped; run a later version`, details);
  }
}
