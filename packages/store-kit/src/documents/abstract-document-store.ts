import {
  type AtomicDocumentStore,
  type CallOptions,
  type DocumentChange,
  type DocumentListOptions,
  type DocumentStoreSupports,
  type DocumentWrite,
  type DocumentWriteOptions,
  type Revision,
  type StoredDocument,
  UnsupportedError,
  type WatchingDocumentStore,
} from "@aether/core";
import { readFields } from "../arguments.ts";
import type { MaybePromise } from "../maybe-promise.ts";
import { StoreCalls } from "../store-calls.ts";
import {
  type CheckedWrite,
  checkDocumentName,
  checkValue,
  checkWrites,
  type DocumentName,
  type DocumentRange,
  readDocumentRange,
  readExpectation,
} from "./document-arguments.ts";

/** Constructor options of {@link AbstractDocumentStore}. */
export interface DocumentStoreBaseOptions {
  /**
   * Runs the calls to one store object one at a time, in the order in which they were made. Lists and watches are not
   * calls in this sense.
   * @default false: calls run at the same time
   */
  readonly inTurn?: boolean | undefined;
}

/** Range of a list or a watch in progress. Its signal is also aborted when the loop is left or the store is closed. */
export type OpenDocumentRange = DocumentRange & { readonly signal: AbortSignal };

/**
 * Base class of document stores. It checks the arguments of every call and reports errors in the order that the
 * contract requires. It also copies and freezes values, ends calls when their signal is aborted, and closes the store
 * after the calls in flight. A subclass stores and reads documents.
 *
 * The methods of a capability reject with `AETHER_UNSUPPORTED` unless the subclass declares the capability in
 * `supports`. A subclass that declares one overrides the protected method of the capability.
 *
 * @example
 * ```ts
 * class EmptyDocumentStore extends AbstractDocumentStore {
 *   readonly supports: DocumentStoreSupports = { durable: false, shared: false };
 *   protected read(): undefined {
 *     return undefined;
 *   }
 *   protected write(): never {
 *     throw new StoreUnavailableError({ operation: "write a document", reason: "this store stores nothing" });
 *   }
 *   protected list(): readonly StoredDocument[] {
 *     return [];
 *   }
 * }
 * ```
 */
export abstract class AbstractDocumentStore implements AtomicDocumentStore, WatchingDocumentStore {
  /** Manifest of the store: its capabilities, and whether its documents are durable and shared. */
  abstract readonly supports: DocumentStoreSupports;
  readonly #calls: StoreCalls;

  /** @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
  constructor(options: DocumentStoreBaseOptions = {}) {
    this.#calls = new StoreCalls(readFields(options, "options", ["inTurn"]).inTurn === true);
  }

  /**
   * Returns a document, deeply frozen, or `undefined` if it does not exist.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if the name is too long, `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`
   */
  protected abstract read(
    name: DocumentName,
    signal: AbortSignal | undefined,
  ): MaybePromise<StoredDocument | undefined>;

  /**
   * Puts or deletes a document, and returns the new revision of a put. The step that writes must also compare the
   * revision of the document with `write.expected`, so that no other write can be in between: see `checkRevision`. If
   * the signal is aborted, reject with `signal.reason` before anything is sent, and with an `OutcomeUnknownError`
   * afterwards, or wait for the outcome. A deletion without an expectation has no effect if there is no document.
   *
   * @throws `AETHER_REVISION_CONFLICT`, `AETHER_DOCUMENT_TOO_LARGE`, `AETHER_STREAM_RESET` if the expected revision is
   * of another place, `AETHER_INVALID_ARGUMENT` if the name is too long, `AETHER_STORE_UNAVAILABLE`,
   * `AETHER_OUTCOME_UNKNOWN`, `signal.reason`
   */
  protected abstract write(write: CheckedWrite, signal: AbortSignal | undefined): MaybePromise<Revision | undefined>;

  /**
   * Yields the documents of a collection, each once. The ids need not begin with the prefix: the others are skipped.
   * Usually an async generator that frees its resources in a `finally` block. Ends soon after `range.signal` is
   * aborted.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected abstract list(range: OpenDocumentRange): Iterable<StoredDocument> | AsyncIterable<StoredDocument>;

  /**
   * Performs several writes together, all or none, for the capability `atomic`. Returns their revisions in order. Each
   * write is of another document.
   *
   * @throws the errors of `write`, for the first write that is not possible
   */
  protected writeAll(
    _writes: readonly CheckedWrite[],
    _signal: AbortSignal | undefined,
  ): MaybePromise<readonly (Revision | undefined)[]> {
    throw new UnsupportedError({ capability: "atomic" });
  }

  /**
   * Yields the documents of a collection, then `current`, then each change, for the capability `watch`. The ids need
   * not begin with the prefix: the others are skipped. Ends soon after `range.signal` is aborted.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`
   */
  protected watch(_range: OpenDocumentRange): AsyncIterable<DocumentChange> {
    throw new UnsupportedError({ capability: "watch" });
  }

  /** Releases the store's resources, after the calls in flight have ended. Nothing is called afterwards. */
  protected release(): MaybePromise<void> {}

  /**
   * Returns a document, or `undefined` if it does not exist.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   * @throws `AETHER_INVALID_DOCUMENT` if the stored value is not a JSON object
   */
  async getDocument<Value extends object = object>(
    collection: string,
    id: string,
    options?: CallOptions,
  ): Promise<StoredDocument<Value> | undefined> {
    const name = checkDocumentName(collection, id);
    const document = await this.#calls.read(options, (signal) => this.read(name, signal));
    return document as StoredDocument<Value> | undefined;
  }

  /**
   * Creates or replaces a document, and returns its new revision.
   *
   * @throws `AETHER_REVISION_CONFLICT` if the document does not have the expected revision. Nothing was written.
   * @throws `AETHER_DOCUMENT_TOO_LARGE`, `AETHER_OUTCOME_UNKNOWN`, `AETHER_STREAM_RESET`
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  async putDocument<Value extends object>(
    collection: string,
    id: string,
    value: Value,
    options?: DocumentWriteOptions,
  ): Promise<Revision> {
    const name = checkDocumentName(collection, id);
    const copy = checkValue(value);
    const expected = readExpectation(options);
    const write: CheckedWrite = { type: "put", collection: name.collection, id: name.id, value: copy, expected };
    return (await this.#calls.save(options, (signal) => this.write(write, signal))) as Revision;
  }

  /**
   * Deletes a document. Without an expected revision, it has no effect if the document does not exist.
   *
   * @throws `AETHER_REVISION_CONFLICT` if the document does not have the expected revision. Nothing was deleted.
   * @throws `AETHER_OUTCOME_UNKNOWN`, `AETHER_STREAM_RESET`
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  async deleteDocument(collection: string, id: string, options?: DocumentWriteOptions): Promise<void> {
    const name = checkDocumentName(collection, id);
    const write: CheckedWrite = { type: "delete", ...name, expected: readExpectation(options) };
    await this.#calls.save(options, (signal) => this.write(write, signal));
  }

  /**
   * Lists the documents of a collection, in no particular order.
   *
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  listDocuments<Value extends object = object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<StoredDocument<Value>> {
    const documents = this.#calls.readStoppably(
      () => readDocumentRange(collection, options),
      (range) => {
        const listed = this.list(range);
        return range.idPrefix === "" ? listed : withPrefix(listed, range.idPrefix); // generators take time
      },
    );
    return documents as AsyncIterable<StoredDocument<Value>>;
  }

  /**
   * Performs several writes together, all or none.
   *
   * @returns the new revision of each put, in the order of the writes; for a deletion, `undefined`
   * @throws `AETHER_UNSUPPORTED` if the store cannot write documents together
   * @throws `AETHER_REVISION_CONFLICT`, `AETHER_DOCUMENT_TOO_LARGE` for the first write that is not possible. Nothing
   * was written.
   * @throws `AETHER_OUTCOME_UNKNOWN`, `AETHER_STREAM_RESET`
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  async writeDocuments(
    writes: readonly DocumentWrite[],
    options?: CallOptions,
  ): Promise<readonly (Revision | undefined)[]> {
    const checked = checkWrites(writes);
    return this.#calls.save(options, (signal) => {
      this.#require("atomic");
      return checked.length === 0 ? [] : this.writeAll(checked, signal);
    });
  }

  /**
   * Reports the documents of a collection, then `current` once, then each change, until the loop is left or the signal
   * is aborted. Earlier values of a document may be skipped, but never its last one.
   *
   * @throws `AETHER_UNSUPPORTED` if the store cannot report changes
   * @throws `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_CLOSED`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  watchDocuments<Value extends object = object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<DocumentChange<Value>> {
    const read = async function* (this: AbstractDocumentStore, range: OpenDocumentRange) {
      this.#require("watch");
      for await (const change of this.watch(range)) if (hasPrefix(change, range.idPrefix)) yield change;
    };
    const changes = this.#calls.readStoppably(
      () => readDocumentRange(collection, options),
      (range) => read.call(this, range),
    );
    return changes as AsyncIterable<DocumentChange<Value>>;
  }

  /**
   * Closes the store. Calls in flight finish. Later calls, and unfinished loops, fail with `AETHER_STORE_CLOSED`.
   * Calling it again waits for the first call. Never rejects.
   */
  close(): Promise<void> {
    return this.#calls.close(() => this.release());
  }

  /** Closes the store at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #require(capability: "atomic" | "watch"): void {
    if (this.supports[capability] !== true) throw new UnsupportedError({ capability });
  }
}

async function* withPrefix(
  documents: Iterable<StoredDocument> | AsyncIterable<StoredDocument>,
  prefix: string,
): AsyncGenerator<StoredDocument, void, undefined> {
  for await (const document of documents) if (document.id.startsWith(prefix)) yield document;
}

function hasPrefix(change: DocumentChange, prefix: string): boolean {
  switch (change.type) {
    case "put":
      return change.document.id.startsWith(prefix);
    case "delete":
      return change.id.startsWith(prefix);
    case "current":
      return true;
  }
}
