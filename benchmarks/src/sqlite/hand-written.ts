import type { Event } from "@aether/core";
import type { SqliteDatabase, SqliteStatement } from "@aether/store-sqlite";

/** A table of events as an application would write it by hand. It checks nothing but the version. */
export class HandWritten {
  readonly #database: SqliteDatabase;
  readonly #insert: SqliteStatement;

  constructor(database: SqliteDatabase, synchronous: "full" | "normal") {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous};
      CREATE TABLE events (
        sequence INTEGER PRIMARY KEY, actor TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL,
        UNIQUE (actor, version)
      )`);
    this.#database = database;
    this.#insert = database.prepare("INSERT INTO events (actor, version, record) VALUES (?, ?, ?)");
  }

  /** Stores events in one transaction. */
  append(events: readonly Event[]): void {
    this.#database.exec("BEGIN IMMEDIATE");
    for (const event of events) this.#insert.run(event.actorId, event.version, JSON.stringify(event));
    this.#database.exec("COMMIT");
  }
}
