import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { type SqliteDatabase, SqliteEventStore, sqliteStoreSupports } from "../src/index.ts";
import { keyOf } from "../src/key.ts";
import { drivers } from "./support/drivers.ts";
import { TestFile } from "./support/test-file.ts";

for (const driver of drivers) {
  testEventStore<TestFile>({
    name: `SqliteEventStore on ${driver.name}`,
    describe,
    test,
    supports: sqliteStoreSupports,
    createStorage: () => new TestFile(driver),
    destroyStorage: (file) => file[Symbol.asyncDispose](),
    open: (file) => SqliteEventStore.open(file.connect()),
    openWithBus: (file, bus) => SqliteEventStore.open(file.connect(), { bus, onBusError: () => {} }),
    hold: (file) => {
      const database = file.connect();
      database.exec("BEGIN IMMEDIATE");
      return () => void database.exec("COMMIT");
    },
    damage: {
      // SQLite rolls back the transaction of a process that has crashed.
      interruptedSave: (file, events) => {
        const database = file.connect();
        database.exec("BEGIN IMMEDIATE");
        for (const [index, event] of events.entries())
          insert(database, event.actorId, index + 2, JSON.stringify(event));
        database.exec("ROLLBACK");
      },
      malformedRecord: (file, actorId, bytes) => {
        const database = file.connect();
        const row = database.prepare("SELECT max(version) AS latest FROM aether_events WHERE actor = ?");
        const [{ latest }] = row.all(keyOf(actorId)) as [{ latest: number | null }];
        insert(database, actorId, (latest ?? 0) + 1, bytes);
      },
    },
  });
}

function insert(database: SqliteDatabase, actorId: string, version: number, record: string | Uint8Array): void {
  const sql = `INSERT INTO aether_events (sequence, actor, version, remaining, record)
    SELECT coalesce(max(sequence), 0) + 1, ?, ?, 0, CAST(unhex(?) AS TEXT) FROM aether_events`;
  database.prepare(sql).run(keyOf(actorId), version, hexOf(record));
}

function hexOf(record: string | Uint8Array): string {
  return Buffer.from(record as Uint8Array).toString("hex");
}
