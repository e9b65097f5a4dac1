import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteDatabase, SqliteEventStore, type SqliteOptions } from "@aether/store-sqlite";

type Database = SqliteDatabase & { close(): unknown };

/** A folder of databases. */
export class SqliteBench {
  readonly #folder = mkdtempSync(join(tmpdir(), "aether-bench-"));
  readonly #databases: Database[] = [];

  /** Opens a new database file, with the driver of Node.js if it has one, and with libsql otherwise. */
  newDatabase(): Database {
    const path = join(this.#folder, `${this.#databases.length}.db`);
    const database = new Driver(path);
    this.#databases.push(database);
    return database;
  }

  /** Opens a store in a new file. */
  newStore(synchronous: NonNullable<SqliteOptions["synchronous"]>): Promise<SqliteEventStore> {
    return SqliteEventStore.open(this.newDatabase(), { synchronous });
  }

  /** Deletes all files. */
  stop(): void {
    for (const database of this.#databases) database.close();
    rmSync(this.#folder, { recursive: true });
  }
}

const require = createRequire(import.meta.url);

function findDriver(): { readonly driver: string; readonly Driver: new (path: string) => Database } {
  try {
    return { driver: "node:sqlite", Driver: require("node:sqlite").DatabaseSync };
  } catch {
    return { driver: "libsql", Driver: require("libsql") };
  }
}

const { driver, Driver } = findDriver();

/** Name of the driver that all rows use. */
export const driverName: string = driver;
