import { isAetherError, StoreUnavailableError } from "@aether/core";
import type { MaybePromise } from "@aether/store-kit";
import { BusyWait } from "./busy-wait.ts";
import { isBusy, unavailable } from "./driver-error.ts";
import type { SqliteDatabase, SqliteStatement, SqliteValue } from "./sqlite-database.ts";

/** The application's database with a cache of prepared statements, and work that waits for locks. */
export class Connection {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();
  /** Longest time that a call waits for a lock, in milliseconds. */
  readonly busyTimeoutMs: number;

  constructor(database: SqliteDatabase, busyTimeoutMs: number) {
    this.#database = database;
    this.busyTimeoutMs = busyTimeoutMs;
  }

  /**
   * Executes a statement that may find the database locked. Only this method may execute one: in libsql, a prepared
   * statement that was locked out stays in progress, and all later reads of the connection are stale.
   */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Executes a statement that returns no rows, within a transaction. */
  run(sql: string, ...values: SqliteValue[]): void {
    this.#attempt(sql, (statement) => statement.run(...values));
  }

  /** Returns the first row of a statement, within a transaction. */
  get<Row>(sql: string, ...values: SqliteValue[]): Row | undefined {
    return (this.#attempt(sql, (statement) => statement.get(...values)) as Row | undefined | null) ?? undefined;
  }

  /** Returns the rows of a statement, within a transaction. */
  all<Row>(sql: string, ...values: SqliteValue[]): Row[] {
    return this.#attempt(sql, (statement) => statement.all(...values) as Row[]);
  }

  /**
   * Runs a query in a transaction of its own. Repeats it while another connection holds the lock, up to the time limit.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason`, the Aether errors of the query
   */
  read<T>(operation: string, query: () => T, signal?: AbortSignal | undefined): MaybePromise<T> {
    return this.attempt(operation, () => this.#readInTransaction(query), signal);
  }

  /**
   * Performs work that begins with a lock. Repeats it while another connection holds the lock, up to the time limit.
   *
   * @throws `AETHER_STORE_UNAVAILABLE`, `signal.reason`, the Aether errors of the work
   */
  attempt<T>(operation: string, work: () => T, signal?: AbortSignal | undefined): MaybePromise<T> {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw publicError(operation, error);
      return this.#repeat(operation, work, error, signal);
    }
  }

  /** Ends a transaction that has failed. */
  rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back the transaction.
    }
  }

  /** Forgets the prepared statements. */
  release(): void {
    this.#statements.clear();
  }

  async #repeat<T>(operation: string, work: () => T, busy: unknown, signal: AbortSignal | undefined): Promise<T> {
    const deadline = performance.now() + this.busyTimeoutMs;
    const wait = new BusyWait();
    for (let cause = busy; ; ) {
      if (performance.now() >= deadline) throw this.lockedError(operation, cause);
      await wait.pause(signal);
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw publicError(operation, error);
        cause = error;
      }
    }
  }

  /** Returns the error of a call that has waited for a lock until its time limit. */
  lockedError(operation: string, cause: unknown): StoreUnavailableError {
    const reason =
      `another connection has locked the database for more than ${this.busyTimeoutMs} ms; ` +
      "shorten its transactions, or increase busyTimeoutMs";
    return new StoreUnavailableError({ operation, reason, cause });
  }

  #readInTransaction<T>(query: () => T): T {
    this.exec("BEGIN");
    try {
      this.exec(TAKE_LOCK);
      const result = query();
      this.exec("COMMIT");
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  #attempt<T>(sql: string, execute: (statement: SqliteStatement) => T): T {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return execute(statement);
  }
}

/** Any read takes the lock of a read transaction. */
const TAKE_LOCK = "SELECT 1 FROM sqlite_schema LIMIT 1";

function publicError(operation: string, error: unknown): unknown {
  return isAetherError(error) ? error : unavailable(operation, error);
}
