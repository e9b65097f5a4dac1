import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Driver, TestDatabase } from "./drivers.ts";

/** A folder with a database, and the connections that a test has opened to it. */
export class TestFile {
  readonly folder: string;
  readonly path: string;
  readonly #driver: Driver;
  readonly #databases: TestDatabase[] = [];

  private constructor(folder: string, driver: Driver) {
    this.folder = folder;
    this.path = join(folder, "aether.db");
    this.#driver = driver;
  }

  static async create(driver: Driver): Promise<TestFile> {
    return new TestFile(await mkdtemp(join(tmpdir(), "store-sqlite-")), driver);
  }

  /** Opens a connection, which `destroy` closes. */
  connect(): TestDatabase {
    const database = this.#driver.open(this.path);
    this.#databases.push(database);
    return database;
  }

  async destroy(): Promise<void> {
    for (const database of this.#databases.splice(0)) database.close();
    await rm(this.folder, { recursive: true });
  }
}
