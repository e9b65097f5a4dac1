import type { SqliteDatabase, SqliteStatement, SqliteValue } from "../../src/index.ts";
import type { TestDatabase } from "./drivers.ts";

/** Called before each statement that a store executes. An error that it throws is the error of the statement. */
export type Interceptor = (sql: string, values: readonly SqliteValue[]) => void;

/** A database that reports the statements of a store, and fails if the test wants it to. */
export class WatchedDatabase implements SqliteDatabase {
  readonly #database: TestDatabase;
  /** Statements that begin with one of the words BEGIN, COMMIT, ROLLBACK, INSERT and DELETE. */
  readonly writes: string[] = [];
  intercept: Interceptor = () => {};

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  exec(sql: string): unknown {
    this.#report(sql, []);
    return this.#database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    const statement = this.#database.prepare(sql);
    const reported =
      <T>(execute: (...values: SqliteValue[]) => T) =>
      (...values: SqliteValue[]): T => {
        this.#report(sql, values);
        return execute(...values);
      };
    return {
      run: reported((...values) => statement.run(...values)),
      get: reported((...values) => statement.get(...values)),
      all: reported((...values) => statement.all(...values)),
    };
  }

  /** Number of write transactions so far. */
  get transactions(): number {
    return this.writes.filter((word) => word === "BEGIN IMMEDIATE").length;
  }

  #report(sql: string, values: readonly SqliteValue[]): void {
    const [words] = /^(BEGIN IMMEDIATE|INSERT|DELETE|COMMIT|ROLLBACK)/.exec(sql) ?? [];
    if (words !== undefined) this.writes.push(words);
    this.intercept(sql, values);
  }
}

/** Returns an error as the drivers throw it. */
export function driverError(code: "SQLITE_IOERR" | "SQLITE_FULL" | "SQLITE_BUSY"): Error {
  return Object.assign(new Error(code), { code });
}
