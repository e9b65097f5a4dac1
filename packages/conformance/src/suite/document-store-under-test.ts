import type { DocumentStore, DocumentStoreSupports } from "@aether/core";

/**
 * Hooks that write to the storage as another program would, while stores are open. Only the author of the store knows
 * the format of its data. Every hook is optional: cases that need a missing hook are skipped.
 */
export interface DocumentDamage<Storage> {
  /**
   * Creates or replaces a document with a value of these bytes. They are not a JSON object. Return or resolve to false
   * if the storage cannot contain such a value, for example because a column accepts only JSON.
   */
  readonly malformedValue?:
    | ((storage: Storage, collection: string, id: string, bytes: Uint8Array) => unknown)
    | undefined;
  /** Writes records whose keys are not those of documents: keys that the store would never use. */
  readonly foreignRecords?: ((storage: Storage) => void | Promise<void>) | undefined;
}

/**
 * The document store that the suite tests.
 *
 * @typeParam Storage - identifies the place where one store keeps its documents: a file, a database schema, the name of
 * a bucket
 */
export interface DocumentStoreUnderTest<Storage> {
  /** The public manifest of the store. It decides which cases run. */
  readonly supports: DocumentStoreSupports;
  /** Creates new, empty storage. Every case gets its own. */
  createStorage(): Storage | Promise<Storage>;
  /**
   * Opens a store on the storage. If stores are `durable`, the suite opens the same storage again after it has closed
   * the first store. If stores are `shared`, the suite also opens the storage while another store is open on it.
   */
  open(storage: Storage): DocumentStore | Promise<DocumentStore>;
  /**
   * Frees the storage. The suite calls it after all stores on the storage have been closed.
   * @default nothing is freed
   */
  readonly destroyStorage?: ((storage: Storage) => void | Promise<void>) | undefined;
  /**
   * Hooks that write to the storage as another program would.
   * @default cases about values and keys of other programs are skipped
   */
  readonly damage?: DocumentDamage<Storage> | undefined;
  /**
   * Maximum duration of one case, in milliseconds, from the first call to `open`. A case that takes longer fails, and
   * its error names the calls that are still pending. Keep the limit below the timeout of the test runner, because the
   * runner cannot name these calls.
   * @default 4_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
