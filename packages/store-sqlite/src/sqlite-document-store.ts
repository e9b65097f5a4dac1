import {
  type DocumentStoreSupports,
  DocumentTooLargeError,
  OutcomeUnknownError,
  type Revision,
  type StoredDocument,
} from "@aether/core";
import {
  AbstractDocumentStore,
  type CheckedWrite,
  type DocumentName,
  type MaybePromise,
  type OpenDocumentRange,
} from "@aether/store-kit";
import { bytesOf, textOf } from "./bytes.ts";
import type { Connection } from "./database/connection.ts";
import { type OpenDatabase, openDatabase } from "./database/open-database.ts";
import type { SqliteDatabase } from "./database/sqlite-database.ts";
import { Writer } from "./database/writer.ts";
import { DocumentTable, type EncodedWrite } from "./documents/document-table.ts";
import { jsonOf, MAX_JSON_BYTES } from "./json-size.ts";
import { keyOf } from "./key.ts";
import { nextTurn } from "./next-turn.ts";
import { readOptions, type SqliteOptions } from "./options.ts";
import { wellFormedStart } from "./well-formed-start.ts";

/** Manifest of {@link SqliteDocumentStore}: atomic, durable and shared. */
export const sqliteDocumentStoreSupports: DocumentStoreSupports = Object.freeze({
  atomic: true,
  durable: true,
  shared: true,
});

/** Number of documents that a list reads at once. */
const LIST_DOCUMENTS = 100;

/**
 * A document store in a SQLite database file. Any number of stores, in any number of processes on one machine, can use
 * the same file, and so can event stores.
 *
 * The application opens the database, with a connection that it uses for nothing but stores, and closes it after the
 * stores.
 *
 * @example
 * ```ts
 * const database = new DatabaseSync("carts.db");
 * const documents = await SqliteDocumentStore.open(database);
 * const revision = await documents.putDocument("carts", "cart-1", { items: 2 }, { expectedRevision: "absent" });
 * await documents.close();
 * database.close();
 * ```
 */
export class SqliteDocumentStore extends AbstractDocumentStore {
  override readonly supports: DocumentStoreSupports = sqliteDocumentStoreSupports;
  readonly #connection: Connection;
  readonly #writer: Writer;
  readonly #documents: DocumentTable;

  private constructor({ connection, incarnation, synchronous }: OpenDatabase) {
    super();
    this.#connection = connection;
    this.#writer = new Writer(connection, synchronous === "full");
    this.#documents = new DocumentTable(connection, incarnation);
  }

  /**
   * Opens a store in a database. Creates the tables if the database is empty.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or the database belongs to another program or to a newer
   * version of this package, is in memory, or is not a database
   * @throws `AETHER_STORE_UNAVAILABLE` if the database cannot be read or written
   */
  static async open(database: SqliteDatabase, options: SqliteOptions = {}): Promise<SqliteDocumentStore> {
    return new SqliteDocumentStore(await openDatabase(database, readOptions(options)));
  }

  protected override read(
    name: DocumentName,
    signal: AbortSignal | undefined,
  ): MaybePromise<StoredDocument | undefined> {
    return this.#connection.read("read a document", () => this.#documents.read(name), signal);
  }

  protected override async write(write: CheckedWrite, signal: AbortSignal | undefined): Promise<Revision | undefined> {
    const [revision] = await this.writeAll([write], signal);
    return revision;
  }

  /**
   * Performs several writes in one transaction, all or none.
   *
   * @throws `AETHER_REVISION_CONFLICT`, `AETHER_DOCUMENT_TOO_LARGE`, `AETHER_STREAM_RESET`,
   * `AETHER_STORE_UNAVAILABLE`, `AETHER_OUTCOME_UNKNOWN`, `signal.reason`
   */
  protected override writeAll(
    writes: readonly CheckedWrite[],
    signal: AbortSignal | undefined,
  ): Promise<readonly (Revision | undefined)[]> {
    const encoded = writes.map(encode);
    const [{ collection, id } = { collection: "", id: "" }] = writes;
    return this.#writer.perform(
      {
        operation: "write documents",
        rows: writes.length,
        execute: () => this.#documents.write(encoded),
        outcomeUnknown: (cause) => new OutcomeUnknownError({ document: { collection, id }, cause }),
      },
      signal,
    );
  }

  protected override async *list({
    collection,
    idPrefix,
    signal,
  }: OpenDocumentRange): AsyncGenerator<StoredDocument, void, undefined> {
    const prefix = keyOf(wellFormedStart(idPrefix));
    let last: Uint8Array = Buffer.from(prefix);
    for (let isFirst = true; ; isFirst = false) {
      const rows = await this.#connection.read(
        "list documents",
        () => this.#documents.list(collection, last, isFirst, LIST_DOCUMENTS),
        signal,
      );
      for (const row of rows) {
        last = bytesOf(row.id_bytes);
        if (textOf(last)?.startsWith(prefix) === false) return;
        const document = this.#documents.documentOf(collection, row);
        if (document !== undefined) yield document;
      }
      if (rows.length < LIST_DOCUMENTS) return;
      await nextTurn();
    }
  }

  /** The database remains open: the application closes it. */
  protected override release(): void {
    this.#connection.release();
  }
}

/** @throws `AETHER_DOCUMENT_TOO_LARGE` */
function encode(write: CheckedWrite): EncodedWrite {
  const json = write.type === "put" ? jsonOf(write.value) : "";
  if (typeof json === "string") return { write, json };
  const { collection, id } = write;
  throw new DocumentTooLargeError({ collection, id, sizeBytes: json.sizeBytes, limitBytes: MAX_JSON_BYTES });
}
