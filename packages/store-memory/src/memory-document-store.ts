import {
  type DocumentChange,
  type DocumentStoreSupports,
  type Revision,
  type StoredDocument,
  StreamResetError,
} from "@aether/core";
import {
  AbstractDocumentStore,
  ChangeQueue,
  type CheckedWrite,
  checkRevision,
  type DocumentName,
  formatRevision,
  type OpenDocumentRange,
} from "@aether/store-kit";
import { newIncarnation } from "./incarnation.ts";

/** Manifest of {@link MemoryDocumentStore}: every capability, but neither durable nor shared. */
export const memoryDocumentStoreSupports: DocumentStoreSupports = Object.freeze({
  atomic: true,
  watch: true,
  durable: false,
  shared: false,
});

/**
 * An in-process document store, for tests, tools and getting started.
 *
 * The store keeps all documents in memory until it is closed. Writes take effect immediately, in the order of the
 * calls. Values are deeply frozen and share no objects with the caller's input.
 *
 * @example
 * ```ts
 * const documents = new MemoryDocumentStore();
 * const revision = await documents.putDocument("carts", "cart-1", { items: 2 }, { expectedRevision: "absent" });
 * await documents.putDocument("carts", "cart-1", { items: 3 }, { expectedRevision: revision });
 * ```
 */
export class MemoryDocumentStore extends AbstractDocumentStore {
  override readonly supports: DocumentStoreSupports = memoryDocumentStoreSupports;
  /** Identifier of this store, for its revisions. */
  readonly #incarnation = newIncarnation();
  readonly #collections = new Map<string, Map<string, StoredDocument>>();
  /** The changes that each watch has not reported yet, and the collection of the watch. */
  readonly #watches = new Map<ChangeQueue<DocumentChange>, string>();
  #writes = 0;

  protected override read({ collection, id }: DocumentName): StoredDocument | undefined {
    return this.#collections.get(collection)?.get(id);
  }

  protected override write(write: CheckedWrite): Revision | undefined {
    this.#check(write);
    return this.#apply(write);
  }

  protected override writeAll(writes: readonly CheckedWrite[]): readonly (Revision | undefined)[] {
    for (const write of writes) this.#check(write);
    return Object.freeze(writes.map((write) => this.#apply(write)));
  }

  protected override list({ collection }: OpenDocumentRange): readonly StoredDocument[] {
    return this.#documentsOf(collection);
  }

  protected override async *watch({
    collection,
    signal,
  }: OpenDocumentRange): AsyncGenerator<DocumentChange, void, undefined> {
    const changes = new ChangeQueue<DocumentChange>();
    this.#watches.set(changes, collection);
    try {
      for (const document of this.#documentsOf(collection)) yield Object.freeze({ type: "put" as const, document });
      yield CURRENT;
      for (;;) yield await changes.next(signal);
    } finally {
      this.#watches.delete(changes);
    }
  }

  /** Removes all documents from memory. */
  protected override release(): void {
    this.#collections.clear();
  }

  /** @throws `AETHER_REVISION_CONFLICT`, `AETHER_STREAM_RESET` */
  #check(write: CheckedWrite): void {
    const { expected } = write;
    if (typeof expected === "object" && expected.incarnation !== this.#incarnation) {
      throw new StreamResetError({
        streamName: "memory",
        reason: "the revision is not from this store, which has forgotten all documents of earlier stores",
      });
    }
    checkRevision(write, expected, this.read(write)?.revision);
  }

  #apply(write: CheckedWrite): Revision | undefined {
    const { collection, id } = write;
    if (write.type === "delete") {
      const documents = this.#collections.get(collection);
      if (documents?.delete(id) !== true) return undefined;
      if (documents.size === 0) this.#collections.delete(collection);
      this.#report(collection, id, undefined);
      return undefined;
    }
    const revision = formatRevision({ incarnation: this.#incarnation, sequence: ++this.#writes });
    const document: StoredDocument = Object.freeze({ collection, id, value: write.value, revision });
    const documents = this.#collections.get(collection) ?? new Map<string, StoredDocument>();
    this.#collections.set(collection, documents.set(id, document));
    this.#report(collection, id, document);
    return revision;
  }

  /** Reports that a document was put, or deleted if it is `undefined`. */
  #report(collection: string, id: string, document: StoredDocument | undefined): void {
    for (const [changes, watched] of this.#watches) {
      if (watched !== collection) continue;
      changes.add(
        id,
        Object.freeze(document === undefined ? { type: "delete", collection, id } : { type: "put", document }),
      );
    }
  }

  #documentsOf(collection: string): readonly StoredDocument[] {
    return [...(this.#collections.get(collection)?.values() ?? [])];
  }
}

const CURRENT: DocumentChange = Object.freeze({ type: "current" });
