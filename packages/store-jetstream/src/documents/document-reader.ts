import { InvalidDocumentError, type StoredDocument } from "@aether/core";
import type { DocumentName } from "@aether/store-kit";
import { MessageTooLargeError } from "../errors.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import { decodeDocument, isDeletion, oversizedError, UnreadableValue } from "./document-record.ts";

/** The last message of a document. */
export interface CurrentRecord {
  readonly sequence: number;
  /** True if the message says that the document was deleted. */
  readonly isDeletion: boolean;
}

export interface DocumentReaderParts {
  readonly messages: SingleMessages;
  readonly watch: StreamWatch;
  readonly incarnation: string;
}

/** Reads single documents, as the leader of the stream has them. */
export class DocumentReader {
  readonly #parts: DocumentReaderParts;
  /** The highest sequence that was read, and the time when its message was stored. */
  #latest = { sequence: 0, storedMs: Number.POSITIVE_INFINITY };

  constructor(parts: DocumentReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads a document.
   * @throws ApiError, NoReplyError, `AETHER_INVALID_DOCUMENT`, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async read(name: DocumentName, subject: string, deadline: Deadline): Promise<StoredDocument | undefined> {
    const message = await this.#last(name, subject, deadline);
    if (message === undefined || isDeletion(message)) return undefined;
    const document = decodeDocument(name, message, this.#parts.incarnation);
    if (!(document instanceof UnreadableValue)) return document;
    const { collection, id } = name;
    throw new InvalidDocumentError({ collection, id, reason: document.reason, cause: document.cause });
  }

  /** Reads the last message of a document; `undefined` if there is none. @throws the same errors as `read` */
  async current(subject: string, deadline: Deadline): Promise<CurrentRecord | undefined> {
    const { messages } = this.#parts;
    const head = await this.#ask(deadline, (timeoutMs) => messages.lastHead({ id: subject, subject }, timeoutMs));
    return head && { sequence: head.sequence, isDeletion: isDeletion(head) };
  }

  async #last(name: DocumentName, subject: string, deadline: Deadline): Promise<StoredMessage | undefined> {
    const { messages } = this.#parts;
    try {
      const message = await this.#ask(deadline, (timeoutMs) => messages.last({ id: subject, subject }, timeoutMs));
      if (message !== undefined) await this.#checkOrder(message, deadline);
      return message;
    } catch (error) {
      throw error instanceof MessageTooLargeError ? oversizedError(name, error) : error;
    }
  }

  /** Repeats a request until it is answered. @throws `AETHER_STREAM_RESET` if the stream does not exist any more */
  async #ask<T>(deadline: Deadline, request: (timeoutMs: number) => Promise<T>): Promise<T> {
    const { watch } = this.#parts;
    if (watch.checking !== undefined) await watch.untilChecked(deadline);
    watch.check();
    try {
      return await askAgain(deadline, request);
    } catch (error) {
      await watch.verifyAfter(error, deadline);
      throw error;
    }
  }

  /**
   * Checks the stream for a reset if a message has a lower sequence than an earlier answer, but was stored later. That
   * is possible in a stream that was created again, or if the clocks of two servers differ.
   */
  async #checkOrder({ sequence, storedMs }: StoredMessage, deadline: Deadline): Promise<void> {
    if (storedMs === undefined) return;
    const latest = this.#latest;
    if (sequence >= latest.sequence) this.#latest = { sequence, storedMs };
    else if (storedMs > latest.storedMs) await askAgain(deadline, (timeoutMs) => this.#parts.watch.verify(timeoutMs));
    this.#parts.watch.saw(sequence);
  }
}
