/** A value that the stores bind to a parameter of a statement. */
export type SqliteValue = string | number | null;

/** A prepared statement of a {@link SqliteDatabase}. */
export interface SqliteStatement {
  /** Executes a statement that returns no rows. */
  run(...values: SqliteValue[]): unknown;
  /** Executes a statement and returns its first row, an object with the columns as keys, or `undefined`. */
  get(...values: SqliteValue[]): unknown;
  /** Executes a statement and returns all its rows, each an object with the columns as keys. */
  all(...values: SqliteValue[]): unknown[];
}

/**
 * An open database: the methods that the stores need of `DatabaseSync` (`node:sqlite`, Node.js 22.13 and later) and of
 * `Database` (`better-sqlite3` and `libsql`). The application opens and closes it.
 *
 * @example
 * ```ts
 * const database: SqliteDatabase = new DatabaseSync("orders.db");
 * ```
 */
export interface SqliteDatabase {
  /** Executes one or several statements without parameters. */
  exec(sql: string): unknown;
  /** Prepares a statement. */
  prepare(sql: string): SqliteStatement;
}
