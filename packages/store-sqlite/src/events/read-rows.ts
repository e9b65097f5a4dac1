import { bytesOf, type StoredBytes, textOf } from "../bytes.ts";
import type { Connection } from "../database/connection.ts";
import { isTooBig } from "../database/driver-error.ts";
import type { SqliteValue } from "../database/sqlite-database.ts";

/** A row of the table of events. */
export interface EventRow {
  readonly sequence: number;
  readonly version: number;
  /** Key of the actor. `undefined` if it is not UTF-8, or the range has only rows of one actor. */
  readonly actor: string | undefined;
  /** JSON of the event, or the bytes if they are not UTF-8. */
  readonly record: string | Uint8Array;
}

/** Rows of the table of events: a condition, an order, and the values of the parameters in the condition. */
export interface RowRange {
  /** True if the rows are of any actor. */
  readonly hasActors: boolean;
  readonly where: string;
  readonly order: string;
  readonly values: readonly SqliteValue[];
}

/** Separates texts in a column. JSON contains no such character. */
const SEPARATOR = "\x1e";

interface Joined {
  readonly sequences: string | null;
  readonly versions: string;
  readonly actors?: StoredBytes;
  readonly records: StoredBytes;
}

interface Single extends Pick<EventRow, "sequence" | "version"> {
  readonly actor_bytes: StoredBytes;
  readonly record_bytes: StoredBytes;
}

/** Maximum number of rows that are read singly, because one of them is damaged, or they are too large together. */
const SINGLE_ROWS = 16;

/**
 * Reads up to `limit` rows of a range. If it returns fewer, the range has ended, unless `isComplete` is false: then
 * more rows would be too large together.
 *
 * All rows are joined into one, which takes the drivers half of the time of single rows. The text is read as bytes,
 * because the drivers change text that is not UTF-8, or abort the process.
 */
export function readRows(
  connection: Connection,
  range: RowRange,
  limit: number,
): { readonly rows: readonly EventRow[]; readonly isComplete: boolean } {
  for (let count = limit; count > 1; count = Math.ceil(count / 2)) {
    const rows = readJoined(connection, range, count);
    if (rows === undefined) break;
    if (rows !== "too big") return { rows, isComplete: count === limit || rows.length < count };
  }
  const count = Math.min(limit, SINGLE_ROWS);
  const rows = readSingle(connection, range, count);
  return { rows, isComplete: count === limit || rows.length < count };
}

/** Returns `undefined` if one of the rows contains a separator, or is not UTF-8. */
function readJoined(
  connection: Connection,
  range: RowRange,
  limit: number,
): readonly EventRow[] | "too big" | undefined {
  let joined: Joined | undefined;
  try {
    joined = connection.get<Joined>(joinedSql(range), ...range.values, limit);
  } catch (error) {
    if (isTooBig(error)) return "too big";
    throw error;
  }
  if (joined === undefined || joined.sequences === null) return [];
  const sequences = joined.sequences.split(",");
  const versions = joined.versions.split(",");
  const records = textOf(joined.records)?.split(SEPARATOR);
  const actors = joined.actors === undefined ? [] : textOf(joined.actors)?.split(SEPARATOR);
  if (records?.length !== sequences.length) return undefined;
  if (range.hasActors && actors?.length !== sequences.length) return undefined;
  // A loop takes half of the time of a call for each row.
  const rows: EventRow[] = [];
  for (let index = 0; index < records.length; index++) {
    rows.push({
      sequence: Number(sequences[index]),
      version: Number(versions[index]),
      actor: actors?.[index],
      record: records[index] ?? "",
    });
  }
  return rows;
}

function joinedSql({ where, order, hasActors }: RowRange): string {
  const actors = hasActors ? "CAST(group_concat(actor, char(30)) AS BLOB) AS actors," : "";
  return `SELECT group_concat(sequence) AS sequences, group_concat(version) AS versions, ${actors}
    CAST(group_concat(record, char(30)) AS BLOB) AS records
    FROM (SELECT sequence, version, actor, record FROM aether_events WHERE ${where} ORDER BY ${order} LIMIT ?)`;
}

function readSingle(connection: Connection, { where, order, values }: RowRange, limit: number): readonly EventRow[] {
  const sql = `SELECT sequence AS sequence, version AS version,
    CAST(actor AS BLOB) AS actor_bytes, CAST(record AS BLOB) AS record_bytes
    FROM aether_events WHERE ${where} ORDER BY ${order} LIMIT ?`;
  return connection.all<Single>(sql, ...values, limit).map(({ sequence, version, actor_bytes, record_bytes }) => ({
    sequence: Number(sequence),
    version: Number(version),
    actor: textOf(actor_bytes),
    record: textOf(record_bytes) ?? bytesOf(record_bytes),
  }));
}
