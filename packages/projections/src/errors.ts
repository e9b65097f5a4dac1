import { AetherError, type ErrorDetails, type Position, quote } from "@aether/core";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_PROJECTION_FAILED: ProjectionFailedError;
    AETHER_EXPECTATION_FAILED: ExpectationFailedError;
  }
}

/**
 * A projection could not handle an event: a function of its definition threw, or returned an invalid value. The `cause`
 * is the underlying error. The documents are as they were before the event.
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
 * An expectation of a test does not hold. The message contains the differences. `actual` and `expected` are the names
 * that test runners know.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_EXPECTATION_FAILED")) console.log(error.actual, error.expected);
 * ```
 */
export class ExpectationFailedError extends AetherError {
  override readonly name: string = "ExpectationFailedError";
  readonly code = "AETHER_EXPECTATION_FAILED" as const;
  /** Id of the document. */
  declare readonly documentId: string;
  /** The document; `undefined` if it does not exist. */
  declare readonly actual: object | undefined;
  /** The expected document; `undefined` if none is expected. */
  declare readonly expected: object | undefined;

  constructor({ differences, ...details }: ErrorDetails<ExpectationFailedError> & { readonly differences: string }) {
    super(`document ${quote(details.documentId)} is not as expected:\n${differences}`, details);
  }
}
