import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SqliteDocumentStore, SqliteEventStore, type SqliteEventStoreOptions } from "../../src/index.ts";
import type { Driver, TestDatabase } from "./drivers.ts";

/** A folder with a database, and the connections that a test has opened to it. */
export class TestFile implements AsyncDisposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "store-sqlite-"));
  readonly path: string = join(this.folder, "aether.db");
  readonly driver: Driver;
  readonly #databases: TestDatabase[] = [];
  readonly #stores: (SqliteEventStore | SqliteDocumentStore)[] = [];

  constructor(driver: Driver) {
    this.driver = driver;
  }

  /** Opens a connection, which is closed at the end. */
  connect(path: string = this.path): TestDatabase {
    const database = this.driver.open(path);
    this.#databases.push(database);
    return database;
  }

  /** Opens a store on a connection of its own. Both are closed at the end. */
  async open(options?: SqliteEventStoreOptions): Promise<SqliteEventStore> {
    const store = await SqliteEventStore.open(this.connect(), options);
    this.#stores.push(store);
    return store;
  }

  /** Closes all connections and stores. */
  async disconnect(): Promise<void> {
    for (const store of this.#stores.splice(0)) await store.close();
    for (const database of this.#databases.splice(0)) database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect();
    rmSync(this.folder, { recursive: true });
  }
}
