import { type DocumentStoreSupports, EventTooLargeError, type Revision } from "@aether/core";
import type { DocumentRecord } from "../reference-documents/reference-document-storage.ts";
import { type PreparedWrite, ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import { type DocumentMutant, type DocumentStoreClass, documentMutant } from "./mutant.ts";

/** Returns a class of stores that encode values by another function. */
function encoding(
  encode: (value: object, path: string, usual: (value: object) => string) => string,
): DocumentStoreClass {
  return class extends ReferenceDocumentStore {
    protected override encode(value: object, path: string): string {
      return encode(value, path, (each) => super.encode(each, path));
    }
  };
}

/** The values that were put, by identity of their JSON. */
const originals = new Map<string, object>();

export const valueMutants: readonly DocumentMutant[] = [
  documentMutant(
    "merges a value into the earlier one",
    ["putting and getting: a put replaces the whole value"],
    class extends ReferenceDocumentStore {
      protected override apply(write: PreparedWrite): Revision | undefined {
        const { json = "{}" } = this.record(write.collection, write.id) ?? {};
        if (write.json === undefined) return super.apply(write);
        const merged = { ...JSON.parse(json), ...JSON.parse(write.json) };
        return super.apply({ ...write, json: JSON.stringify(merged) });
      }
    },
  ),
  documentMutant(
    "returns null for a document that does not exist",
    ["putting and getting: a document that does not exist is undefined"],
    class extends ReferenceDocumentStore {
      protected override read(collection: string, id: string) {
        return super.read(collection, id) ?? (null as never);
      }
    },
  ),
  documentMutant(
    "returns another revision than that of the put",
    ["putting and getting: a document is read back with the revision of its put"],
    class extends ReferenceDocumentStore {
      override async putDocument(...args: Parameters<ReferenceDocumentStore["putDocument"]>): Promise<Revision> {
        return `${await super.putDocument(...args)}0` as Revision;
      }
    },
  ),
  documentMutant(
    "loses a property named __proto__",
    ["putting and getting: values are read back unchanged"],
    encoding((value, _, usual) => usual(value).replaceAll('"__proto__"', '"__other__"')),
  ),
  documentMutant(
    "stores undefined as null",
    ["putting and getting: a property that is undefined is left out"],
    encoding((value, _, usual) =>
      usual(Object.fromEntries(Object.entries(value).map(([key, each]) => [key, each === undefined ? null : each]))),
    ),
  ),
  documentMutant(
    "rejects a large document with another error",
    ["putting and getting: a large document is stored completely, or is rejected with DocumentTooLargeError"],
    class extends ReferenceDocumentStore {
      protected override apply(write: PreparedWrite): Revision | undefined {
        if ((write.json?.length ?? 0) > 10_000)
          throw new EventTooLargeError({ actorId: write.id, sizeBytes: 0, limitBytes: 10_000 });
        return super.apply(write);
      }
    },
  ),
  documentMutant(
    "keeps the caller's value",
    [
      "immutability: a value is copied when putDocument is called",
      "immutability: a value that is frozen only in part is copied when it is put",
    ],
    class extends ReferenceDocumentStore {
      protected override encode(value: object, path: string): string {
        const json = super.encode(value, path);
        originals.set(json, value);
        return json;
      }
      protected override decode(record: DocumentRecord): object {
        const decoded = super.decode(record);
        const original = originals.get(record.json ?? "");
        return original === undefined ? decoded : super.decode({ ...record, json: JSON.stringify(original) });
      }
    },
  ),
  documentMutant(
    "freezes the caller's value",
    ["immutability: putDocument does not change or freeze the caller's value"],
    encoding((value, _, usual) => {
      const json = usual(value);
      Object.freeze(value);
      return json;
    }),
  ),
  documentMutant(
    "returns values that are not frozen",
    ["putting and getting: a document is read back with the revision of its put"],
    class extends ReferenceDocumentStore {
      protected override document(record: DocumentRecord) {
        return { ...super.document(record), value: JSON.parse(record.json ?? "{}") as object };
      }
    },
  ),
  documentMutant(
    "gives all readers the same object, which is not frozen",
    ["immutability: a reader cannot change documents for other readers"],
    class extends ReferenceDocumentStore {
      readonly #cache = new WeakMap<DocumentRecord, ReturnType<ReferenceDocumentStore["document"]>>();
      protected override document(record: DocumentRecord) {
        const cached = this.#cache.get(record);
        const document = cached ?? { ...super.document(record), value: JSON.parse(record.json ?? "{}") as object };
        this.#cache.set(record, document);
        return document;
      }
    },
  ),
  documentMutant(
    "accepts any value that JSON.stringify accepts",
    [
      "invalid input: a value that is not a plain object is rejected",
      "invalid input: a value with a part that JSON cannot represent is rejected",
      "invalid input: a value of which JSON would lose a part is rejected",
    ],
    encoding((value, _, usual) => {
      try {
        return usual(JSON.parse(JSON.stringify(value)) as object);
      } catch {
        return usual(value);
      }
    }),
  ),
  documentMutant(
    "stores an array as an object, and a text as an empty one",
    ["invalid input: a value that is not an object is rejected"],
    encoding((value, _, usual) => usual({ ...value })),
  ),
  documentMutant(
    "cuts cycles",
    ["invalid input: a cycle in a value is rejected"],
    encoding((value, _, usual) => {
      try {
        return usual(value);
      } catch (error) {
        if (error instanceof Error && error.message.includes("cycle")) return "{}";
        throw error;
      }
    }),
  ),
  documentMutant(
    "does not read its manifest",
    ["manifest: store.supports equals the public manifest"],
    class extends ReferenceDocumentStore {
      override readonly supports: DocumentStoreSupports = { durable: true, shared: false };
    },
  ),
  documentMutant(
    "declares a capability whose method is missing",
    ["manifest: the methods of every store and of declared capabilities exist"],
    class extends ReferenceDocumentStore {
      override readonly writeDocuments = undefined as never;
    },
  ),
  documentMutant(
    "has an undeclared capability",
    ["manifest: the methods of undeclared capabilities are absent, or reject with UnsupportedError"],
    class extends ReferenceDocumentStore {
      override readonly supports: DocumentStoreSupports = { durable: true, shared: true };
    },
    { supports: { durable: true, shared: true } },
  ),
  documentMutant(
    "returns undefined for a value that is not a JSON object",
    ["contents of other programs: a value that is not a JSON object is an error of its document only"],
    class extends ReferenceDocumentStore {
      protected override read(collection: string, id: string) {
        const record = this.record(collection, id);
        return record === undefined ? undefined : this.readable(record)[0];
      }
    },
  ),
  documentMutant(
    "reads a value before it replaces or deletes it",
    ["contents of other programs: a document whose value is not a JSON object can be replaced and deleted"],
    class extends ReferenceDocumentStore {
      protected override checkExpected(write: PreparedWrite): void {
        this.read(write.collection, write.id);
        super.checkExpected(write);
      }
    },
  ),
  documentMutant(
    "treats a value that is not a JSON object as absent",
    ["contents of other programs: a document whose value is not a JSON object exists, so that it must not be absent"],
    class extends ReferenceDocumentStore {
      protected override record(collection: string, id: string): DocumentRecord | undefined {
        const record = super.record(collection, id);
        return record !== undefined && this.readable(record).length === 0 ? undefined : record;
      }
    },
  ),
  documentMutant(
    "fails because of records of other programs",
    ["contents of other programs: records of other programs do not harm lists and reads"],
    class extends ReferenceDocumentStore {
      protected override matches(...args: Parameters<ReferenceDocumentStore["matches"]>): boolean {
        JSON.parse(args[0].key);
        return super.matches(...args);
      }
    },
  ),
];
