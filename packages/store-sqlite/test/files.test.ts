import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type SqliteDatabase, SqliteDocumentStore, SqliteEventStore, type SqliteOptions } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { WatchedDatabase } from "./support/watched-database.ts";

const unsuitable = (reason: string) => ({
  code: "AETHER_INVALID_ARGUMENT",
  argument: "database",
  reason: expect.stringContaining(reason),
});

const openers: readonly ((database: SqliteDatabase, options?: SqliteOptions) => Promise<unknown>)[] = [
  SqliteEventStore.open,
  SqliteDocumentStore.open,
];

describe.each(drivers)("a file on $name", (driver) => {
  test.each([
    ["has tables", "CREATE TABLE orders (id TEXT)", "belongs to another program"],
    ["has an application id", "PRAGMA application_id = 7", "belongs to another program"],
    ["has a schema version", "PRAGMA user_version = 1", "belongs to another program"],
    ["is encoded in UTF-16", "PRAGMA encoding = 'UTF-16'; CREATE TABLE a (b)", "encoded in UTF-8"],
    [
      "is of a newer version of this package",
      "PRAGMA application_id = 0x41657468; PRAGMA user_version = 2",
      "has version 2 of the schema, but this package knows only 1: update @aether/store-sqlite",
    ],
  ])("that %s is rejected and not changed", async (_, sql, reason) => {
    await using file = new TestFile(driver);
    file.connect().exec(sql);
    await file.disconnect();
    const bytes = readFileSync(file.path);
    for (const open of openers) expect(await failureOf(open(file.connect()))).toMatchObject(unsuitable(reason));
    await file.disconnect();
    expect(readFileSync(file.path).equals(bytes)).toBe(true);
  });

  test("that is no database is rejected and not changed", async () => {
    await using file = new TestFile(driver);
    const text = "no database ".repeat(1_000);
    writeFileSync(file.path, text);
    for (const open of openers) {
      expect(await failureOf(open(file.connect()))).toMatchObject(unsuitable("is not a SQLite database"));
    }
    expect(readFileSync(file.path, "utf8")).toBe(text);
  });

  test("must be a file: a database in memory is rejected", async () => {
    await using file = new TestFile(driver);
    for (const open of openers) {
      expect(await failureOf(open(file.connect(":memory:")))).toMatchObject(unsuitable("write-ahead log"));
    }
  });

  test("is created once, although several stores open it at the same time", async () => {
    await using file = new TestFile(driver);
    const stores = await Promise.all(Array.from({ length: 4 }, () => file.open()));
    const documents = await SqliteDocumentStore.open(file.connect());
    for (const [index, store] of stores.entries()) await store.saveEvent(saved("a", index + 1));
    for (const store of stores) expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2, 3, 4]);
    await documents.putDocument("carts", "a", {});
  });

  test("is created once, although several processes open it at the same time", async () => {
    await using file = new TestFile(driver);
    const script = new URL("processes/save-once.mjs", import.meta.url);
    const processes = [1, 2, 3, 4].map((index) =>
      fork(script, [driver.name, file.path, `a-${index}`], { execArgv: [] }),
    );
    for (const code of await Promise.all(processes.map((each) => once(each, "exit")))) expect(code).toEqual([0, null]);
    const store = await file.open();
    const actorIds: string[] = [];
    for await (const actorId of store.listActors()) actorIds.push(actorId);
    expect(actorIds).toEqual(["a-1", "a-2", "a-3", "a-4"]);
  }, 30_000);

  test("whose creation was interrupted is created by the next store", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    database.intercept = (sql) => {
      if (sql.startsWith("PRAGMA user_version =")) throw new Error("crash");
    };
    expect(await failureOf(SqliteEventStore.open(database))).toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    const store = await file.open();
    await store.saveEvent(saved("a", 1));
  });

  test("that cannot be written can be read, and a save stores nothing", async () => {
    await using file = new TestFile(driver);
    const writable = await file.open();
    await writable.saveEvent(saved("a", 1));
    const database = file.connect();
    const store = await SqliteEventStore.open(database);
    database.exec("PRAGMA query_only = ON");
    expect(await failureOf(store.saveEvent(saved("a", 2)))).toMatchObject({
      code: "AETHER_STORE_UNAVAILABLE",
      operation: "save events",
      reason: expect.stringContaining("readonly"),
    });
    expect(versionsOf(await store.getEvents("a"))).toEqual([1]);
    expect(await failureOf(SqliteEventStore.open(database))).toBeUndefined();
  });

  test("that is new and cannot be written is reported as unavailable", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    database.exec("PRAGMA query_only = ON");
    for (const open of openers) {
      expect(await failureOf(open(database))).toMatchObject({
        code: "AETHER_STORE_UNAVAILABLE",
        operation: "open the database",
        reason: expect.stringContaining("readonly"),
      });
    }
  });

  test("that is full rejects saves, stores nothing of them, and accepts them when it has space again", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    const store = await SqliteEventStore.open(database);
    const documents = await SqliteDocumentStore.open(database);
    await store.saveEvent(saved("a", 1));
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages + 20}`);
    const large = { data: { text: "x".repeat(30_000) } };
    const batch = Array.from({ length: 10 }, (_, index) => saved("b", index + 1, large));
    const failures = await Promise.all([
      failureOf(store.saveEvents(batch)),
      failureOf(store.saveEvent(saved("a", 2))),
      failureOf(documents.putDocument("carts", "a", { text: "x".repeat(300_000) })),
    ]);
    const full = { code: "AETHER_STORE_UNAVAILABLE", reason: expect.stringContaining("full") };
    expect([failures[0], failures[2]]).toMatchObject([full, full]);
    // The save in the same transaction fits.
    expect(failures[1]).toBeUndefined();
    expect(await store.getEvents("b")).toEqual([]);
    expect(await documents.getDocument("carts", "a")).toBeUndefined();
    database.exec("PRAGMA max_page_count = 1000000");
    await store.saveEvents(batch);
    expect((await (await file.open()).getEvents("b")).length).toBe(10);
  });

  test("is used with the options of the store", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    const readPragma = (pragma: string): unknown =>
      Object.values(database.prepare(`PRAGMA ${pragma}`).get() as object)[0];
    await SqliteEventStore.open(database);
    expect([readPragma("synchronous"), readPragma("journal_mode"), readPragma("busy_timeout")]).toEqual([2, "wal", 0]);
    await SqliteEventStore.open(database, { synchronous: "normal" });
    expect(readPragma("synchronous")).toBe(1);
  });
});

test.each([
  [{ synchronous: "off" }, "options.synchronous"],
  [{ busyTimeoutMs: -1 }, "options.busyTimeoutMs"],
  [{ busyTimeoutMs: 1.5 }, "options.busyTimeoutMs"],
  [{ pollIntervalMs: 0 }, "options.pollIntervalMs"],
  [{ bus: 7 }, "options.bus"],
  [null, "options"],
])("the options %j are rejected", async (options, argument) => {
  const failure = await failureOf(SqliteEventStore.open({} as SqliteDatabase, options as never));
  expect(failure).toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument });
});

test.each([undefined, null, 7, "orders.db", {}, { exec() {} }])("%j is no database", async (database) => {
  for (const open of openers) {
    const reason = "must be an open database of node:sqlite, better-sqlite3 or libsql";
    expect(await failureOf(open(database as never))).toMatchObject(unsuitable(reason));
  }
});
