import type { DocumentStoreUnderTest } from "../../src/index.ts";
import {
  ReferenceDocumentStorage,
  referenceDocumentDamage,
} from "../reference-documents/reference-document-storage.ts";
import {
  type ReferenceDocumentStore,
  referenceDocumentSupports,
} from "../reference-documents/reference-document-store.ts";

/** A class of document stores on reference storage. */
export type DocumentStoreClass = new (storage: ReferenceDocumentStorage) => ReferenceDocumentStore;

/** A document store with one mistake that real adapters make. */
export interface DocumentMutant {
  /** The mistake, as the end of a sentence that begins with "a document store that". */
  readonly name: string;
  /** The cases that must detect the mistake, as `"group: name"`. Other cases may also detect it. */
  readonly caughtBy: readonly string[];
  readonly store: DocumentStoreUnderTest<ReferenceDocumentStorage>;
}

/** Creates the store under test from a class of stores. */
export const documentStoreUnderTest = (
  Store: DocumentStoreClass,
): DocumentStoreUnderTest<ReferenceDocumentStorage> => ({
  supports: referenceDocumentSupports,
  createStorage: () => new ReferenceDocumentStorage(),
  open: (storage) => new Store(storage),
  damage: referenceDocumentDamage,
});

/** A short time limit, for stores that never answer. */
export const impatient: Partial<DocumentStoreUnderTest<ReferenceDocumentStorage>> = { caseTimeoutMs: 300 };

/** Creates a mutant. Most mutants are the reference store with one method overridden. */
export function documentMutant(
  name: string,
  caughtBy: readonly string[],
  Store: DocumentStoreClass,
  store: Partial<DocumentStoreUnderTest<ReferenceDocumentStorage>> = {},
): DocumentMutant {
  return { name, caughtBy, store: { ...documentStoreUnderTest(Store), ...store } };
}
