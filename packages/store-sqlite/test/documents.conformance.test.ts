import { testDocumentStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { type SqliteDatabase, SqliteDocumentStore, sqliteDocumentStoreSupports } from "../src/index.ts";
import { keyOf } from "../src/key.ts";
import { drivers } from "./support/drivers.ts";
import { TestFile } from "./support/test-file.ts";

for (const driver of drivers) {
  testDocumentStore<TestFile>({
    name: `SqliteDocumentStore on ${driver.name}`,
    describe,
    test,
    supports: sqliteDocumentStoreSupports,
    createStorage: () => new TestFile(driver),
    destroyStorage: (file) => file[Symbol.asyncDispose](),
    open: (file) => SqliteDocumentStore.open(file.connect()),
    damage: {
      malformedValue: (file, collection, id, bytes) => put(file.connect(), keyOf(collection), keyOf(id), bytes),
      foreignRecords: (file) => {
        const database = file.connect();
        const json = Buffer.from("{}");
        for (const key of ['"', "\\", "\\x", "\\u0041", "\n"]) {
          put(database, key, "a", json);
          put(database, keyOf("documents"), key, json);
        }
        put(database, Buffer.of(0xff), Buffer.of(0xc3, 0x28), json);
        put(database, keyOf("documents"), Buffer.of(0xff), json);
        put(database, keyOf("documents"), Buffer.of(0x61, 0xff), json);
      },
    },
  });
}

type Text = string | Uint8Array;

function put(database: SqliteDatabase, collection: Text, id: Text, value: Text): void {
  const text = "CAST(unhex(?) AS TEXT)";
  const sql = `INSERT OR REPLACE INTO aether_documents (collection, id, value) VALUES (${text}, ${text}, ${text})`;
  database.prepare(sql).run(...[collection, id, value].map((each) => Buffer.from(each as Uint8Array).toString("hex")));
}
