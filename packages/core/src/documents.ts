import type { Immutable } from "./json.ts";
import type { CallOptions, EventStore } from "./store.ts";

declare const revisionBrand: unique symbol;

/**
 * Revision of a document: an opaque string that JSON can contain. Each write of a document gives it another revision.
 * A revision is never used again, even if the document, or the storage of all documents, is deleted and created again.
 */
export type Revision = string & { readonly [revisionBrand]: "Revision" };

/** State that a document must have for a write: a revision, or `"absent"` if it must not exist. */
export type ExpectedRevision = Revision | "absent";

/** A stored document. */
export interface StoredDocument<Value extends object = object> {
  /** Name of the collection. */
  readonly collection: string;
  /** Id of the document, unique in its collection. */
  readonly id: string;
  /** The value, a JSON object, deeply frozen. */
  readonly value: Immutable<Value>;
  /** Revision of the document. */
  readonly revision: Revision;
}

/** Options of a write of one document. */
export interface DocumentWriteOptions extends CallOptions {
  /**
   * Revision that the document must have, or `"absent"` if it must not exist. If it has another one, the write rejects
   * with `AETHER_REVISION_CONFLICT` and has no effect.
   * @default the document is written in any case
   */
  readonly expectedRevision?: ExpectedRevision | undefined;
}

/** Options of {@link DocumentStore.listDocuments} and {@link WatchingDocumentStore.watchDocuments}. */
export interface DocumentListOptions extends CallOptions {
  /**
   * Text that the ids must begin with.
   * @default all ids
   */
  readonly idPrefix?: string | undefined;
}

/** A write of {@link AtomicDocumentStore.writeDocuments}: a put or a deletion. */
export type DocumentWrite =
  | {
      readonly type: "put";
      readonly collection: string;
      readonly id: string;
      readonly value: object;
      readonly expectedRevision?: ExpectedRevision | undefined;
    }
  | {
      readonly type: "delete";
      readonly collection: string;
      readonly id: string;
      readonly expectedRevision?: ExpectedRevision | undefined;
    };

/** Change that {@link WatchingDocumentStore.watchDocuments} reports. */
export type DocumentChange<Value extends object = object> =
  /** The document has this value. */
  | { readonly type: "put"; readonly document: StoredDocument<Value> }
  /** The document no longer exists. */
  | { readonly type: "delete"; readonly collection: string; readonly id: string }
  /** Every document that existed when the watch began was reported. Later changes follow. */
  | { readonly type: "current" };

/** Capabilities of a document store, and facts about it. */
export interface DocumentStoreSupports {
  /** True if documents survive the end of the process. */
  readonly durable: boolean;
  /** True if several processes can use the same documents. */
  readonly shared: boolean;
  /**
   * True if the store is an {@link AtomicDocumentStore}.
   * @default false
   */
  readonly atomic?: boolean | undefined;
  /**
   * True if the store is a {@link WatchingDocumentStore}.
   * @default false
   */
  readonly watch?: boolean | undefined;
}

/**
 * Stores JSON objects by collection and id: checkpoints, leases and read models. Every write can depend on the revision
 * that was read.
 *
 * A collection and an id may be any well-formed text, including the empty one. Two different texts are always different
 * names, even if they differ only by case or normal form. Together they may have at least 1,024 bytes in UTF-8. Longer
 * names may be rejected with `AETHER_INVALID_ARGUMENT`.
 *
 * A read returns the result of every write that was acknowledged before the read began. There is one exception: the
 * server of a replicated store may answer from an earlier state for a short time, if it was separated from the other
 * servers and has not noticed it yet. A write with an expected revision is exact even then.
 *
 * If a call has several problems, it rejects with the first error in the order that {@link EventStore} describes. No
 * method throws synchronously. A store leaves no rejected promise unhandled, and does not change the caller's values.
 */
export interface DocumentStore extends AsyncDisposable {
  /** Manifest of the store. */
  readonly supports: DocumentStoreSupports;

  /**
   * Returns a document, or `undefined` if it does not exist.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   * @throws `AETHER_INVALID_DOCUMENT` if the stored value is not a JSON object
   */
  getDocument<Value extends object = object>(
    collection: string,
    id: string,
    options?: CallOptions,
  ): Promise<StoredDocument<Value> | undefined>;

  /**
   * Creates or replaces a document, and returns its new revision. The store keeps a copy of the value, so later changes
   * to the object have no effect.
   *
   * @throws `AETHER_REVISION_CONFLICT` if the document does not have the expected revision. Nothing was written.
   * @throws `AETHER_STREAM_RESET` if the expected revision is from another store, or from before the storage of all
   * documents was deleted and created again. Nothing was written.
   * @throws `AETHER_DOCUMENT_TOO_LARGE`, `AETHER_OUTCOME_UNKNOWN`
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  putDocument<Value extends object>(
    collection: string,
    id: string,
    value: Value,
    options?: DocumentWriteOptions,
  ): Promise<Revision>;

  /**
   * Deletes a document. Without an expected revision, it has no effect if the document does not exist.
   *
   * @throws `AETHER_REVISION_CONFLICT` if the document does not have the expected revision. Nothing was deleted.
   * @throws `AETHER_OUTCOME_UNKNOWN`, `AETHER_STREAM_RESET`
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  deleteDocument(collection: string, id: string, options?: DocumentWriteOptions): Promise<void>;

  /**
   * Lists the documents of a collection, in no particular order. A document that exists from the first request to the
   * last is listed exactly once, with a value that it had in this time. No document is listed twice. The options are
   * read at the call.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  listDocuments<Value extends object = object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<StoredDocument<Value>>;

  /**
   * Closes the store. Calls in flight finish. Later calls, and unfinished loops, fail with `AETHER_STORE_CLOSED`.
   * Connections that the application passed to the store remain open. Can be called more than once. Never rejects.
   */
  close(): Promise<void>;
}

/** Document store with the capability `atomic`. */
export interface AtomicDocumentStore extends DocumentStore {
  /**
   * Performs several writes together, all or none. Each document may occur only once.
   *
   * @returns the new revision of each put, in the order of the writes; for a deletion, `undefined`
   * @throws `AETHER_REVISION_CONFLICT` or `AETHER_DOCUMENT_TOO_LARGE` for the first write that is not possible. Nothing
   * was written.
   * @throws `AETHER_OUTCOME_UNKNOWN`, `AETHER_STREAM_RESET`
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  writeDocuments(writes: readonly DocumentWrite[], options?: CallOptions): Promise<readonly (Revision | undefined)[]>;
}

/** Document store with the capability `watch`. */
export interface WatchingDocumentStore extends DocumentStore {
  /**
   * Reports the documents of a collection, then `current` once, then each change, until the loop is left or the signal
   * is aborted. Earlier values of a document may be skipped, but never its last one. The watch survives lost
   * connections.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`. All errors
   * are thrown by the `for await` loop, not by the call.
   */
  watchDocuments<Value extends object = object>(
    collection: string,
    options?: DocumentListOptions,
  ): AsyncIterable<DocumentChange<Value>>;
}

/** The capabilities of document stores, and the interface that a store with each capability implements. */
export interface DocumentStoreCapabilities {
  /** Several writes in one call, all or none (`writeDocuments`). */
  atomic: AtomicDocumentStore;
  /** Reports of changes (`watchDocuments`). */
  watch: WatchingDocumentStore;
}
