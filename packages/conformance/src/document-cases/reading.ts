import type {
  DocumentListOptions,
  DocumentStore,
  ExpectedRevision,
  Revision,
  RevisionConflictError,
  StoredDocument,
} from "@aether/core";
import { check, checkFrozen, checkRejects } from "../checks/check.ts";
import { collect } from "../samples/events.ts";

/** Collection of the documents of most cases. */
export const COLLECTION = "orders";

/** Value and revision that a document must have. */
export interface Expected {
  readonly value: object;
  readonly revision: Revision;
}

/** Checks that a read document is deeply frozen and has exactly these fields. */
function checkDocument(given: unknown, document: StoredDocument | undefined, expected: unknown): void {
  check("a read returns exactly the stored document", { given, expected, actual: document });
  if (document !== undefined) checkFrozen("documents that are read are deeply frozen", given, document);
}

/** Checks that `getDocument` returns exactly this document, or none if `expected` is `undefined`. */
export async function checkStored(
  store: DocumentStore,
  given: unknown,
  [collection, id]: readonly [string, string],
  expected: Expected | undefined,
): Promise<void> {
  const document = expected === undefined ? undefined : { collection, id, ...expected };
  checkDocument({ saved: given, read: [collection, id] }, await store.getDocument(collection, id), document);
}

/** Lists a collection. Returns the documents, sorted by id. Checks that none is listed twice and all are frozen. */
export async function listed(
  store: DocumentStore,
  collection: string,
  options?: DocumentListOptions,
): Promise<readonly StoredDocument[]> {
  const documents = await collect(store.listDocuments(collection, options));
  checkDistinct({ collection, ...options }, documents);
  for (const each of documents) checkFrozen("documents that are listed are deeply frozen", collection, each);
  return sorted(documents);
}

/** Checks that no document occurs twice. */
export function checkDistinct(given: unknown, documents: readonly StoredDocument[]): void {
  const ids = documents.map(({ id }) => id);
  check("no document is listed twice", {
    given,
    expected: [],
    actual: ids.filter((id, index) => ids.indexOf(id) < index),
  });
}

/** Sorts items by id, in the order of UTF-16 code units. */
export function sorted<Item extends { readonly id: string }>(items: readonly Item[]): readonly Item[] {
  return items.toSorted((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** Puts a document `{ n }` for each id. Returns the stored documents. */
export async function putAll(
  store: DocumentStore,
  ids: readonly string[],
  collection: string = COLLECTION,
): Promise<readonly StoredDocument[]> {
  const put = async (id: string, n: number): Promise<StoredDocument> => {
    const value = { n };
    return { collection, id, value, revision: await store.putDocument(collection, id, value) };
  };
  return Promise.all(ids.map(put));
}

/** Checks that a write rejects with a conflict whose fields are all correct. */
export function checkConflict(
  given: unknown,
  call: Promise<unknown>,
  [collection, id]: readonly [string, string],
  expectedRevision: ExpectedRevision,
  currentRevision: Revision | undefined,
): Promise<RevisionConflictError> {
  return checkRejects(
    "a write of a document that does not have the expected revision rejects with the current revision",
    given,
    call,
    { code: "AETHER_REVISION_CONFLICT", collection, id, expectedRevision, currentRevision },
  );
}
