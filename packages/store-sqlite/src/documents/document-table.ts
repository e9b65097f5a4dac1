import {
  InvalidDocumentError,
  isAetherError,
  type Revision,
  type StoredDocument,
  StreamResetError,
} from "@aether/core";
import {
  type CheckedWrite,
  checkRevision,
  type DocumentName,
  type ErrorAt,
  formatRevision,
  freezeJson,
  parseJson,
} from "@aether/store-kit";
import { type StoredBytes, textOf } from "../bytes.ts";
import type { Connection } from "../database/connection.ts";
import { idOf, keyOf } from "../key.ts";

/** A write, and the JSON of its value if it is a put. */
export interface EncodedWrite {
  readonly write: CheckedWrite;
  readonly json: string;
}

/** A row of the table of documents. */
export interface DocumentRow {
  readonly revision: number;
  readonly id_bytes: StoredBytes;
  readonly value_bytes: StoredBytes;
}

const COLUMNS = "revision AS revision, CAST(id AS BLOB) AS id_bytes, CAST(value AS BLOB) AS value_bytes";
const SELECT = `SELECT ${COLUMNS} FROM aether_documents WHERE collection = ? AND id = ?`;
const REVISION = "SELECT revision AS revision FROM aether_documents WHERE collection = ? AND id = ?";
/** A new row has a revision that no row has had before, because the table has the attribute AUTOINCREMENT. */
const REPLACE = "INSERT OR REPLACE INTO aether_documents (collection, id, value) VALUES (?, ?, ?)";
const DELETE = "DELETE FROM aether_documents WHERE collection = ? AND id = ?";

const listSql = (comparison: string): string =>
  `SELECT ${COLUMNS} FROM aether_documents WHERE collection = ? AND id ${comparison} CAST(unhex(?) AS TEXT)
    ORDER BY id LIMIT ?`;
const LIST_FROM = listSql(">=");
const LIST_AFTER = listSql(">");

/** The table of documents. Its methods do not wait. */
export class DocumentTable {
  readonly #connection: Connection;
  readonly #incarnation: string;

  constructor(connection: Connection, incarnation: string) {
    this.#connection = connection;
    this.#incarnation = incarnation;
  }

  /** @throws `AETHER_INVALID_DOCUMENT` if the value is not a JSON object */
  read({ collection, id }: DocumentName): StoredDocument | undefined {
    const row = this.#connection.get<DocumentRow>(SELECT, keyOf(collection), keyOf(id));
    return row && this.#decode({ collection, id }, row);
  }

  /**
   * Performs several writes within a transaction. Checks all of them before the first one.
   *
   * @throws `AETHER_REVISION_CONFLICT`, `AETHER_STREAM_RESET`
   */
  write(writes: readonly EncodedWrite[]): readonly (Revision | undefined)[] {
    for (const { write } of writes) this.#check(write);
    return Object.freeze(writes.map((each) => this.#apply(each)));
  }

  /** Returns up to `limit` rows of a collection, in the order of their ids: those from an id on, or those after it. */
  list(collection: string, from: Uint8Array, isIncluded: boolean, limit: number): readonly DocumentRow[] {
    const sql = isIncluded ? LIST_FROM : LIST_AFTER;
    return this.#connection.all<DocumentRow>(sql, keyOf(collection), Buffer.from(from).toString("hex"), limit);
  }

  /** Returns the document of a row, or `undefined` if it cannot be read. */
  documentOf(collection: string, row: DocumentRow): StoredDocument | undefined {
    const id = idOf(textOf(row.id_bytes));
    if (id === undefined) return undefined;
    try {
      return this.#decode({ collection, id }, row);
    } catch {
      return undefined;
    }
  }

  #decode(name: DocumentName, { revision, value_bytes }: DocumentRow): StoredDocument {
    return Object.freeze({ ...name, value: decodeValue(name, value_bytes), revision: this.#revisionOf(revision) });
  }

  #revisionOf(sequence: number): Revision {
    return formatRevision({ incarnation: this.#incarnation, sequence: Number(sequence) });
  }

  #currentRevision({ collection, id }: DocumentName): Revision | undefined {
    const row = this.#connection.get<Pick<DocumentRow, "revision">>(REVISION, keyOf(collection), keyOf(id));
    return row && this.#revisionOf(row.revision);
  }

  #check(write: CheckedWrite): void {
    const { expected } = write;
    if (expected === undefined) return;
    if (typeof expected === "object" && expected.incarnation !== this.#incarnation) {
      throw new StreamResetError({
        streamName: "aether_documents",
        reason: "the revision is from another database",
      });
    }
    checkRevision(write, expected, this.#currentRevision(write));
  }

  #apply({ write, json }: EncodedWrite): Revision | undefined {
    const [collection, id] = [keyOf(write.collection), keyOf(write.id)];
    if (write.type === "delete") {
      this.#connection.run(DELETE, collection, id);
      return undefined;
    }
    this.#connection.run(REPLACE, collection, id, json);
    return this.#currentRevision(write);
  }
}

/** @throws `AETHER_INVALID_DOCUMENT` */
function decodeValue(name: DocumentName, stored: StoredBytes): object {
  const errorAt: ErrorAt = (_, reason, cause) => new InvalidDocumentError({ ...name, reason, cause });
  const text = textOf(stored);
  if (text === undefined) throw errorAt("", "is not UTF-8");
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw errorAt("", isAetherError(error, "AETHER_INVALID_EVENT") ? error.reason : "is not JSON", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw errorAt("", "is not a JSON object");
  return freezeJson(value, "", errorAt);
}
