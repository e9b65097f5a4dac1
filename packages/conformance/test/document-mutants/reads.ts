import { type DocumentChange, type DocumentListOptions, StoreClosedError, type StoredDocument } from "@aether/core";
import { pause } from "../../src/checks/pause.ts";
import { sorted } from "../../src/document-cases/reading.ts";
import type { DocumentRecord } from "../reference-documents/reference-document-storage.ts";
import { type DocumentRange, ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import { type DocumentMutant, type DocumentStoreClass, documentMutant, impatient } from "./mutant.ts";

type OpenRange = DocumentRange & { readonly signal: AbortSignal };

const throughout =
  "listing: a list contains each document that exists throughout exactly once, even if documents change meanwhile";
const busy = "listing: a list contains each document that exists throughout exactly once, while a writer is busy";
const ids = "listing: a list with a prefix contains exactly the ids that begin with it, whatever they contain";
const watchedIds = "watching: a watch with a prefix reports exactly the ids that begin with it";

/** Returns a class of stores that compare ids with a prefix by another function. */
function matching(matches: (id: string, prefix: string) => boolean): DocumentStoreClass {
  return class extends ReferenceDocumentStore {
    protected override matches(record: DocumentRecord, range: DocumentRange): boolean {
      return super.matches(record, { ...range, idPrefix: "" }) && matches(record.id, range.idPrefix);
    }
  };
}

/** Returns a class of stores with another list. */
function listing(
  list: (
    store: { current(range: DocumentRange): readonly StoredDocument[] },
    range: OpenRange,
  ) => AsyncGenerator<StoredDocument, void, undefined>,
): DocumentStoreClass {
  return class extends ReferenceDocumentStore {
    protected override list(range: OpenRange): AsyncGenerator<StoredDocument, void, undefined> {
      return list({ current: (each) => this.current(each) }, range);
    }
  };
}

/** Returns a class of stores that change what a watch yields. */
function watching(
  watch: (changes: AsyncGenerator<DocumentChange, void, undefined>) => AsyncGenerator<DocumentChange, void, undefined>,
): DocumentStoreClass {
  return class extends ReferenceDocumentStore {
    protected override watch(range: OpenRange): AsyncGenerator<DocumentChange, void, undefined> {
      return watch(super.watch(range));
    }
  };
}

export const readMutants: readonly DocumentMutant[] = [
  documentMutant(
    "lists all collections",
    [
      "listing: a collection without documents is empty",
      "listing: a list contains exactly the documents of its collection",
    ],
    class extends ReferenceDocumentStore {
      protected override matches(record: DocumentRecord, { idPrefix }: DocumentRange): boolean {
        return record.id?.startsWith(idPrefix) === true;
      }
    },
  ),
  documentMutant(
    "lists at most 100 documents",
    ["listing: a list contains exactly the documents of its collection"],
    listing(async function* (store, range) {
      yield* store.current(range).slice(0, 100);
    }),
  ),
  documentMutant(
    "lists the first value of a document",
    ["listing: a list contains the latest values, and no deleted documents"],
    class extends ReferenceDocumentStore {
      protected override current(range: DocumentRange): readonly StoredDocument[] {
        const first = new Map<string, DocumentRecord>();
        for (const record of this.storage.log) if (!first.has(record.key)) first.set(record.key, record);
        const records = [...first.values()].filter((record) => this.matches(record, range));
        return records.flatMap((record) => this.readable(record));
      }
    },
  ),
  documentMutant(
    "treats a prefix as a pattern",
    [ids, watchedIds],
    matching((id, prefix) =>
      new RegExp(
        `^${prefix
          .replace(/[\\^$+?()[\]{}|.-]/g, "\\$&")
          .replaceAll("*", ".*")
          .replaceAll("%", ".*")
          .replaceAll("_", ".")}`,
        "s",
      ).test(id),
    ),
  ),
  documentMutant(
    "folds the case of a prefix",
    [ids],
    matching((id, prefix) => id.toLowerCase().startsWith(prefix.toLowerCase())),
  ),
  documentMutant(
    "finds a prefix only in longer ids",
    ["listing: a prefix that is an id, or longer than all ids, is only a prefix"],
    matching((id, prefix) => id.startsWith(prefix) && (prefix === "" || id !== prefix)),
  ),
  documentMutant(
    "shares the state of its lists",
    ["listing: several lists at the same time have their own documents"],
    class extends ReferenceDocumentStore {
      #rest: StoredDocument[] = [];
      protected override async *list(range: OpenRange): AsyncGenerator<StoredDocument, void, undefined> {
        this.#rest = [...this.current(range)];
        for (let next = this.#rest.shift(); next !== undefined; next = this.#rest.shift()) yield next;
      }
    },
  ),
  documentMutant(
    "reads the options of a list in the loop",
    ["listing: the options of a list are read at the call"],
    class extends ReferenceDocumentStore {
      override listDocuments<Value extends object>(collection: string, options?: DocumentListOptions) {
        return {
          [Symbol.asyncIterator]: () => super.listDocuments<Value>(collection, options)[Symbol.asyncIterator](),
        };
      }
    },
  ),
  documentMutant(
    "closes the store when a list is left",
    ["listing: a list that is left early affects nothing"],
    class extends ReferenceDocumentStore {
      protected override async *list(range: OpenRange): AsyncGenerator<StoredDocument, void, undefined> {
        let isWhole = false;
        try {
          yield* this.current(range);
          isWhole = true;
        } finally {
          if (!isWhole) this.closed = true;
        }
      }
    },
  ),
  documentMutant(
    "pages by offset, so that deletions make a list skip documents",
    [throughout, busy],
    listing(async function* (store, range) {
      for (let offset = 0; ; offset += 5) {
        await pause(0);
        const page = sorted(store.current(range)).slice(offset, offset + 5);
        yield* page;
        if (page.length < 5) return;
      }
    }),
  ),
  documentMutant(
    "lists a document again after it has changed",
    [throughout],
    class extends ReferenceDocumentStore {
      protected override async *list(range: OpenRange): AsyncGenerator<StoredDocument, void, undefined> {
        const seen = new Set<string>();
        for (let isMore = true; isMore; ) {
          isMore = false;
          for (const document of this.current(range)) {
            if (seen.has(document.revision)) continue;
            seen.add(document.revision);
            isMore = true;
            yield document;
          }
        }
      }
    },
  ),
  documentMutant(
    "accepts any prefix",
    ["invalid input: a prefix that is not a well-formed text is rejected by the loop"],
    class extends ReferenceDocumentStore {
      protected override readRange(collection: string, options: DocumentListOptions | undefined): DocumentRange {
        const idPrefix = String(options?.idPrefix ?? "").toWellFormed();
        return super.readRange(collection, options && { ...options, idPrefix });
      }
    },
  ),
  documentMutant(
    "caches what it reads",
    [
      "several open stores: a read returns what another store has just written, even if this one has read before",
      "several open stores: a write with a revision from before a write of another store gets a conflict",
    ],
    class extends ReferenceDocumentStore {
      readonly #cache = new Map<string, DocumentRecord>();
      protected override record(collection: string, id: string): DocumentRecord | undefined {
        const key = this.key(collection, id);
        const record = this.#cache.get(key) ?? super.record(collection, id);
        if (record !== undefined) this.#cache.set(key, record);
        return record;
      }
      protected override apply(write: Parameters<ReferenceDocumentStore["apply"]>[0]) {
        this.#cache.delete(this.key(write.collection, write.id));
        return super.apply(write);
      }
    },
  ),
  documentMutant(
    "lists from a copy that it made when it was opened",
    ["several open stores: a list contains what another store has just written"],
    class extends ReferenceDocumentStore {
      readonly #known = this.storage.documents.size;
      protected override current(range: DocumentRange): readonly StoredDocument[] {
        const own = this.storage.log.length === this.#known ? super.current(range) : super.current(range).slice(1);
        return own;
      }
    },
  ),
  documentMutant(
    "closes all stores on the storage",
    ["several open stores: closing a store does not affect the others"],
    (() => {
      const closed = new WeakSet<object>();
      return class extends ReferenceDocumentStore {
        override async close(): Promise<void> {
          closed.add(this.storage);
          await super.close();
        }
        protected override checkOpen(signal: AbortSignal | undefined): void {
          if (closed.has(this.storage)) throw new StoreClosedError();
          super.checkOpen(signal);
        }
      };
    })(),
  ),
  documentMutant(
    "begins a watch with the changes after its list",
    ["watching: no last value is missed, even if documents change while the watch begins"],
    class extends ReferenceDocumentStore {
      protected override async *watch(range: OpenRange): AsyncGenerator<DocumentChange, void, undefined> {
        const listed = this.current(range);
        for (const document of listed) {
          await undefined;
          yield { type: "put", document };
        }
        let next = this.storage.log.length;
        yield { type: "current" };
        for (; ; await this.changed(range.signal)) {
          while (next < this.storage.log.length) {
            const record = this.storage.log[next++] as DocumentRecord;
            if (this.matches(record, range)) yield* this.change(record);
          }
        }
      }
    },
    impatient,
  ),
  documentMutant(
    "forgets changes that its reader has not read",
    ["watching: no last value is missed by a reader that is slower than the writers"],
    class extends ReferenceDocumentStore {
      protected override async *watch(range: OpenRange): AsyncGenerator<DocumentChange, void, undefined> {
        for (const document of this.current(range)) yield { type: "put", document };
        yield { type: "current" };
        for (;;) {
          const next = this.storage.log.at(-1) as DocumentRecord;
          if (this.matches(next, range)) yield* this.change(next);
          await this.changed(range.signal);
        }
      }
    },
    impatient,
  ),
  documentMutant(
    "reports current again after each change",
    ["watching: a watch reports the documents of the collection, then current once, then changes"],
    watching(async function* (changes) {
      for await (const change of changes) {
        yield change;
        if (change.type !== "current") yield { type: "current" };
      }
    }),
  ),
  documentMutant(
    "reports no deletions",
    ["watching: a watch reports the documents of the collection, then current once, then changes"],
    watching(async function* (changes) {
      for await (const change of changes) if (change.type !== "delete") yield change;
    }),
    impatient,
  ),
  documentMutant(
    "reports current only after the first document",
    ["watching: a watch of an empty collection is current at once"],
    watching(async function* (changes) {
      let isEmpty = true;
      let wasCurrent = false;
      for await (const change of changes) {
        if (change.type === "current" && isEmpty) {
          wasCurrent = true;
          continue;
        }
        isEmpty = false;
        yield change;
        if (wasCurrent) yield { type: "current" };
        wasCurrent = false;
      }
    }),
    impatient,
  ),
  documentMutant(
    "ignores the prefix of a watch",
    [watchedIds],
    class extends ReferenceDocumentStore {
      protected override watch(range: OpenRange): AsyncGenerator<DocumentChange, void, undefined> {
        return super.watch({ ...range, idPrefix: "" });
      }
    },
  ),
  documentMutant(
    "does not notice that a watch was left or aborted while it waits",
    ["watching: leaving the loop or aborting the signal ends a watch, even while it waits"],
    class extends ReferenceDocumentStore {
      override watchDocuments<Value extends object>(collection: string, options?: DocumentListOptions) {
        return super.watchDocuments<Value>(collection, { ...options, signal: undefined });
      }
    },
    impatient,
  ),
  documentMutant(
    "leaves watches open when it is closed",
    ["watching: close ends a watch with StoreClosedError"],
    class extends ReferenceDocumentStore {
      override async close(): Promise<void> {
        this.closed = true;
      }
    },
    impatient,
  ),
];
