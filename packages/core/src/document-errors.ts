import type { ExpectedRevision, Revision } from "./documents.ts";
import { AetherError, type ErrorDetails, quote } from "./errors.ts";

/**
 * The document does not have the expected revision, because another writer was first. Nothing was written.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_REVISION_CONFLICT")) console.log(error.expectedRevision, error.currentRevision);
 * ```
 */
export class RevisionConflictError extends AetherError {
  override readonly name: string = "RevisionConflictError";
  readonly code = "AETHER_REVISION_CONFLICT" as const;
  /** Collection of the document. */
  declare readonly collection: string;
  /** Id of the document. */
  declare readonly id: string;
  /** Revision that the writer expected, or `"absent"`. */
  declare readonly expectedRevision: ExpectedRevision;
  /** Revision of the document when the store rejected the write; `undefined` if it did not exist. */
  declare readonly currentRevision: Revision | undefined;

  constructor(details: ErrorDetails<RevisionConflictError>) {
    const { collection, id, expectedRevision, currentRevision } = details;
    const current = currentRevision === undefined ? "it does not exist" : `its revision is ${currentRevision}`;
    const expected = expectedRevision === "absent" ? "no document" : `revision ${expectedRevision}`;
    super(
      `document ${quote(id)} of collection ${quote(collection)} was not written: expected ${expected}, ` +
        `but ${current}; read the document, decide again, and write with its revision`,
      details,
    );
  }
}

/**
 * A document is too large for the store. Nothing was written.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_DOCUMENT_TOO_LARGE")) console.log(error.sizeBytes, error.limitBytes);
 * ```
 */
export class DocumentTooLargeError extends AetherError {
  override readonly name: string = "DocumentTooLargeError";
  readonly code = "AETHER_DOCUMENT_TOO_LARGE" as const;
  /** Collection of the document. */
  declare readonly collection: string;
  /** Id of the document. */
  declare readonly id: string;
  /** Encoded size of the value, in bytes. */
  declare readonly sizeBytes: number;
  /** Largest encoded size that the store accepts, in bytes; `undefined` if the store could not determine it. */
  declare readonly limitBytes: number | undefined;

  constructor(details: ErrorDetails<DocumentTooLargeError>) {
    const { collection, id, sizeBytes, limitBytes } = details;
    const limit =
      limitBytes === undefined ? "more than the server accepts" : `but the limit of the store is ${limitBytes}`;
    super(
      `document ${quote(id)} of collection ${quote(collection)} has ${sizeBytes} bytes, ${limit}; ` +
        "divide it into several documents, or keep large content elsewhere and refer to it",
      details,
    );
  }
}

/**
 * A stored document cannot be read. For example, another program has written a value that is not a JSON object.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_DOCUMENT")) console.log(error.collection, error.id, error.reason);
 * ```
 */
export class InvalidDocumentError extends AetherError {
  override readonly name: string = "InvalidDocumentError";
  readonly code = "AETHER_INVALID_DOCUMENT" as const;
  /** Collection of the document. */
  declare readonly collection: string;
  /** Id of the document. */
  declare readonly id: string;
  /** Reason, phrased to follow "its value": `"is not JSON"`. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<InvalidDocumentError>) {
    const { collection, id, reason } = details;
    super(
      `document ${quote(id)} of collection ${quote(collection)} cannot be read: its value ${reason}; ` +
        "replace or delete the document",
      details,
    );
  }
}
