import type { DocumentChange, StoredDocument } from "@aether/core";
import type { OpenDocumentRange } from "@aether/store-kit";
import type { FeedMessage } from "../feed/feed-consumer.ts";
import { Deadline } from "../protocol/ask-again.ts";
import { publicError } from "../public-error.ts";
import { CollectionRead, type CollectionReadParts, type CollectionReport, storedMessage } from "./collection-read.ts";
import type { DocumentKeys } from "./document-keys.ts";
import { decodeDocument, isDeletion, UnreadableValue } from "./document-record.ts";

export interface DocumentRangesParts extends CollectionReadParts {
  readonly keys: DocumentKeys;
  readonly incarnation: string;
  /** Prefix of consumer names. It is unique among the stores of the stream. */
  readonly consumerPrefix: string;
}

/** A message of a document. */
interface Delivery {
  readonly id: string;
  readonly sequence: number;
  /** The document; `undefined` if it was deleted or its value is unreadable. */
  readonly document: StoredDocument | undefined;
}

/** Number of consumers whose messages restart the timeout of a list, even if they contain no further document. */
const PATIENT_CONSUMERS = 5;

const CURRENT: DocumentChange = Object.freeze({ type: "current" });

/** Lists and watches the documents of a collection. Keys and values that are not of this store are skipped. */
export class DocumentRanges {
  readonly #parts: DocumentRangesParts;
  #reads = 0;

  constructor(parts: DocumentRangesParts) {
    this.#parts = parts;
  }

  /**
   * Yields each document of a collection once. The consumer may be on a replica that lags, and first deliver
   * values that were replaced before the list began. So the documents of a replicated bucket are held back until the
   * read is complete.
   * @throws the errors that a call rejects with
   */
  async *list(range: OpenDocumentRange): AsyncGenerator<StoredDocument, void, undefined> {
    const { deadline, reports, delivery } = this.#open("list documents", range, false);
    const isHeldBack = this.#parts.watch.isReplicated;
    const listed = new Set<string>();
    const held = new Map<string, StoredDocument>();
    let consumers = 0;
    for await (const report of reports) {
      if (report.type === "complete") break;
      if (report.type === "begin") {
        held.clear();
        consumers++;
        continue;
      }
      // Skipped documents are a part of the result, too, but not forever, if each consumer fails.
      if (consumers <= PATIENT_CONSUMERS) deadline.renew();
      for (const message of report.messages) {
        const { id, document } = delivery(message) ?? {};
        if (id === undefined || listed.has(id)) continue;
        if (isHeldBack) {
          if (document === undefined) held.delete(id);
          else held.set(id, document);
        } else if (document !== undefined) {
          listed.add(id);
          yield document;
          deadline.renew();
        }
      }
    }
    yield* held.values();
  }

  /**
   * Yields the documents of a collection, the mark `current`, and then the changes. After an interruption, all
   * documents are read again: another program may have purged some, without a message that says so.
   * @throws the errors that a call rejects with
   */
  async *watch(range: OpenDocumentRange): AsyncGenerator<DocumentChange, void, undefined> {
    const { collection } = range;
    const { reports, delivery } = this.#open("watch documents", range, true);
    /** The reported documents, and the sequences of their messages. */
    const reported = new Map<string, number>();
    const deleted = (id: string): DocumentChange => {
      reported.delete(id);
      return Object.freeze({ type: "delete", collection, id });
    };
    /** Ids that were delivered since the read began; `undefined` once it is complete. */
    let delivered: Set<string> | undefined;
    /** Everything up to this sequence was reported. */
    let reportedSequence = 0;
    let highest = 0;
    let isCurrent = false;
    for await (const report of reports) {
      if (report.type === "begin") delivered = new Set();
      if (report.type === "messages") {
        for (const message of report.messages) {
          const { sequence } = message;
          highest = Math.max(highest, sequence);
          const { id, document } = delivery(message) ?? {};
          if (id !== undefined) {
            if (document !== undefined) delivered?.add(id);
            const isNews = sequence > Math.max(reportedSequence, reported.get(id) ?? 0);
            if (isNews && document !== undefined) {
              reported.set(id, sequence);
              yield Object.freeze({ type: "put", document });
            } else if (isNews && reported.has(id)) yield deleted(id);
          }
          if (delivered === undefined) reportedSequence = highest;
        }
        continue;
      }
      if (report.type !== "complete") continue;
      for (const id of [...reported.keys()]) if (delivered?.has(id) !== true) yield deleted(id);
      delivered = undefined;
      reportedSequence = highest;
      if (!isCurrent) yield CURRENT;
      isCurrent = true;
    }
  }

  #open(operation: string, { collection, idPrefix, signal }: OpenDocumentRange, isEndless: boolean) {
    const { keys, ackTimeoutMs, consumerPrefix, incarnation } = this.#parts;
    const collectionKeys = keys.collection(collection);
    const deadline = new Deadline(ackTimeoutMs, signal);
    const read = new CollectionRead(this.#parts, {
      collection,
      keys: collectionKeys,
      name: `${consumerPrefix}-documents-${++this.#reads}`,
      isEndless,
      signal,
      deadline,
    });
    const delivery = (message: FeedMessage): Delivery | undefined => {
      const id = collectionKeys.idOf(message.message.subject);
      if (id?.startsWith(idPrefix) !== true) return undefined;
      const stored = storedMessage(message);
      const document = isDeletion(stored) ? undefined : decodeDocument({ collection, id }, stored, incarnation);
      return {
        id,
        sequence: message.sequence,
        document: document instanceof UnreadableValue ? undefined : document,
      };
    };
    return { deadline, reports: this.#translated(operation, read.reports(), signal), delivery };
  }

  /** Translates the errors of a read. A generator of single documents would take longer than one of reports. */
  async *#translated(
    operation: string,
    reports: AsyncGenerator<CollectionReport, void, undefined>,
    signal: AbortSignal,
  ): AsyncGenerator<CollectionReport, void, undefined> {
    try {
      yield* reports;
    } catch (error) {
      throw publicError(operation, error, this.#parts.streamName, signal);
    }
  }
}
