import {
  DocumentTooLargeError,
  OutcomeUnknownError,
  type Revision,
  RevisionConflictError,
  StreamResetError,
} from "@aether/core";
import { encodeJson } from "@aether/nats";
import { type CheckedWrite, type DocumentName, type Expectation, formatRevision } from "@aether/store-kit";
import type { Deadline } from "../protocol/ask-again.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { DocumentPublisher } from "./document-publisher.ts";
import type { CurrentRecord, DocumentReader } from "./document-reader.ts";
import type { WriteOutcome } from "./write-outcome.ts";

export interface DocumentWriterParts {
  readonly publisher: DocumentPublisher;
  readonly reader: DocumentReader;
  readonly streamName: string;
  /** Creation time of the stream, as the revisions contain it. */
  readonly incarnation: string;
}

/** Puts and deletes documents. The server compares the expected revision in the same step in which it stores. */
export class DocumentWriter {
  readonly #parts: DocumentWriterParts;

  constructor(parts: DocumentWriterParts) {
    this.#parts = parts;
  }

  /**
   * Performs a write. Returns the new revision of a put.
   * @throws ApiError, NoReplyError, `AETHER_REVISION_CONFLICT`, `AETHER_DOCUMENT_TOO_LARGE`, `AETHER_OUTCOME_UNKNOWN`,
   * `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, `signal.reason` if nothing was sent
   */
  async write(write: CheckedWrite, subject: string, deadline: Deadline): Promise<Revision | undefined> {
    const { expected } = write;
    const value = write.type === "put" ? encodeValue(write, write.value) : undefined;
    if (typeof expected === "object") return this.#replace(write, subject, value, expected.sequence, deadline);
    if (value === undefined) return this.#delete(write, subject, deadline);
    if (expected === "absent") return this.#create(write, subject, value, deadline);
    return this.#concluded(
      write,
      value,
      await this.#parts.publisher.publish({ subject, value, expectedSequence: undefined }, deadline),
    );
  }

  /** Writes a document that must have a revision. */
  async #replace(
    write: CheckedWrite,
    subject: string,
    value: Uint8Array | undefined,
    expectedSequence: number,
    deadline: Deadline,
  ): Promise<Revision | undefined> {
    this.#checkIncarnation(write.expected);
    const { publisher, reader } = this.#parts;
    for (;;) {
      const outcome = await publisher.publish({ subject, value, expectedSequence }, deadline);
      if (outcome.status !== "refused") {
        const revision = this.#concluded(write, value, outcome);
        return value === undefined ? undefined : revision;
      }
      const current = await reader.current(subject, deadline);
      const isExpected = current?.isDeletion === false && current.sequence === expectedSequence;
      if (!isExpected) throw this.#conflict(write, current);
      await this.#pause(subject, deadline); // a former leader answered
    }
  }

  /** Creates a document that must not exist. It may have been deleted. */
  async #create(write: CheckedWrite, subject: string, value: Uint8Array, deadline: Deadline): Promise<Revision> {
    const { publisher, reader } = this.#parts;
    for (let expectedSequence = 0; ; ) {
      const outcome = await publisher.publish({ subject, value, expectedSequence }, deadline);
      if (outcome.status !== "refused") return this.#concluded(write, value, outcome);
      const current = await reader.current(subject, deadline);
      if (current?.isDeletion === false) throw this.#conflict(write, current);
      const last = current?.sequence ?? 0;
      if (last === expectedSequence)
        await this.#pause(subject, deadline); // a former leader answered
      else this.#checkTime(subject, deadline);
      expectedSequence = last;
    }
  }

  /** Deletes a document in any case, or only checks that it does not exist. Leaves no trace of what never existed. */
  async #delete(write: CheckedWrite, subject: string, deadline: Deadline): Promise<undefined> {
    const { publisher, reader } = this.#parts;
    let unknown: WriteOutcome | undefined;
    try {
      for (;;) {
        const current = await reader.current(subject, deadline);
        if (current === undefined || current.isDeletion) return undefined;
        if (write.expected === "absent") throw this.#conflict(write, current);
        const expectedSequence = current.sequence;
        const outcome = await publisher.publish({ subject, value: undefined, expectedSequence }, deadline);
        if (outcome.status === "unknown") unknown = outcome;
        else if (outcome.status !== "refused") {
          this.#concluded(write, undefined, outcome);
          return undefined;
        }
        // If it is unknown whether this deletion is stored, the next answer shows whether the document still exists.
        this.#checkTime(subject, deadline);
      }
    } catch (error) {
      if (unknown !== undefined) this.#concluded(write, undefined, unknown);
      throw error;
    }
  }

  /** Returns the revision of a stored write. @throws the error of every other outcome */
  #concluded(write: CheckedWrite, value: Uint8Array | undefined, outcome: WriteOutcome): Revision {
    const { collection, id } = write;
    switch (outcome.status) {
      case "stored":
        return formatRevision({ incarnation: this.#parts.incarnation, sequence: outcome.sequence });
      case "too large": {
        const { limitBytes } = outcome;
        throw new DocumentTooLargeError({ collection, id, sizeBytes: value?.length ?? 0, limitBytes });
      }
      case "unknown":
        throw new OutcomeUnknownError({ document: { collection, id }, cause: outcome.cause });
      case "failed":
        throw outcome.cause;
      case "refused":
        throw new NoReplyError("outdated", id);
    }
  }

  #conflict(write: CheckedWrite, current: CurrentRecord | undefined): RevisionConflictError {
    const { collection, id, expected } = write as DocumentName & { readonly expected: NonNullable<Expectation> };
    const { incarnation } = this.#parts;
    const expectedRevision = expected === "absent" ? expected : formatRevision(expected);
    const currentRevision =
      current === undefined || current.isDeletion
        ? undefined
        : formatRevision({ incarnation, sequence: current.sequence });
    return new RevisionConflictError({ collection, id, expectedRevision, currentRevision });
  }

  /** @throws `AETHER_STREAM_RESET` if a revision is from another stream */
  #checkIncarnation(expected: Expectation): void {
    const { streamName, incarnation } = this.#parts;
    if (typeof expected !== "object" || expected.incarnation === incarnation) return;
    throw new StreamResetError({ streamName, reason: "the revision was made for another stream with this name" });
  }

  /** @throws NoReplyError if the time is over, `signal.reason` */
  async #pause(subject: string, deadline: Deadline): Promise<void> {
    this.#checkTime(subject, deadline);
    await deadline.pause();
  }

  #checkTime(subject: string, deadline: Deadline): void {
    if (deadline.isOver) throw new NoReplyError("time-out", subject);
  }
}

/** @throws `AETHER_DOCUMENT_TOO_LARGE` if JavaScript cannot represent the JSON */
function encodeValue({ collection, id }: DocumentName, value: object): Uint8Array {
  const encoded = encodeJson(value);
  if (!("sizeBytes" in encoded)) return encoded;
  throw new DocumentTooLargeError({ collection, id, sizeBytes: encoded.sizeBytes, limitBytes: undefined });
}
