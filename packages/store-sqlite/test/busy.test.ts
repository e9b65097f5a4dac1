import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type SqliteDatabase, SqliteDocumentStore, SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { driverError, WatchedDatabase } from "./support/watched-database.ts";

const locked = (operation: string, ms: number) => ({
  code: "AETHER_STORE_UNAVAILABLE",
  operation,
  reason:
    `another connection has locked the database for more than ${ms} ms; ` +
    "shorten its transactions, or increase busyTimeoutMs",
});

describe.each(drivers)("a locked database on $name", (driver) => {
  test("a save waits for the lock without blocking the event loop, and rejects at the time limit", async () => {
    await using file = new TestFile(driver);
    const store = await file.open({ busyTimeoutMs: 200 });
    await store.saveEvent(saved("a", 1));
    const other = file.connect();
    other.exec("BEGIN IMMEDIATE");
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const failures = await Promise.all([
      failureOf(store.saveEvent(saved("a", 2))),
      failureOf(store.saveEvent(saved("b", 1))),
      failureOf(store.saveSnapshot({ actorId: "a", version: 1, state: {} })),
    ]);
    clearInterval(timer);
    expect(failures).toMatchObject([
      locked("save events", 200),
      locked("save events", 200),
      locked("save a snapshot", 200),
    ]);
    expect(ticks).toBeGreaterThan(3);
    // Reads do not wait for writers.
    expect(versionsOf(await store.getEvents("a"))).toEqual([1]);
    other.exec("COMMIT");
    await store.saveEvent(saved("a", 2));
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2]);
  });

  test("saves that wait are stored once the lock is free, in order", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    const other = file.connect();
    other.exec("BEGIN IMMEDIATE");
    const saves = [1, 2, 3].map((version) => store.saveEvent(saved("a", version)));
    setTimeout(() => other.exec("COMMIT"), 20);
    const receipts = await Promise.all(saves);
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2, 3]);
    const positions = receipts.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
  });

  test("a save that has waited for other reasons than the lock is not rejected at the first lock", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database, { busyTimeoutMs: 1_000 });
    let ms = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => ms);
    onTestFinished(() => clock.mockRestore());
    let locks = 0;
    database.intercept = (sql) => {
      if (sql !== "BEGIN IMMEDIATE") return;
      if (locks++ % 2 === 1) return;
      // Other work has occupied the thread, and at this moment, another connection has the lock.
      ms += 5_000;
      throw driverError("SQLITE_BUSY");
    };
    const large = (actorId: string) => Array.from({ length: 1_000 }, (_, index) => saved(actorId, index + 1));
    await Promise.all(["a", "b", "c"].map((actorId) => store.saveEvents(large(actorId))));
    expect(locks).toBe(6);
  });

  test("a file that another connection uses exclusively is opened when it is free", async () => {
    await using file = new TestFile(driver);
    const exclusive = file.connect();
    exclusive.exec("BEGIN EXCLUSIVE");
    expect(await failureOf(file.open({ busyTimeoutMs: 30 }))).toMatchObject(locked("open the database", 30));
    const opened = [file.open(), file.open()];
    exclusive.exec("ROLLBACK");
    const [store, other] = await Promise.all(opened);
    await store?.saveEvent(saved("a", 1));
    expect(await other?.getLatestVersion("a")).toBe(1);
  });

  test("every call waits for a lock that also excludes reads, as while another process recovers the log", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const [impatient, patient] = [await openStores(database, 20), await openStores(database, 10_000)];
    const store = impatient.events;
    await store.saveEvent(saved("a", 1));
    const calls: readonly (readonly [string, (stores: Stores) => Promise<unknown>])[] = [
      ["read events", ({ events }) => events.getEvents("a")],
      ["read events", ({ events }) => collect(events.readEvents("a"))],
      ["read the latest version", ({ events }) => events.getLatestVersion("a")],
      ["read the latest position", ({ events }) => events.getLatestPosition()],
      ["read the feed", ({ events }) => collect(events.readFeed())],
      ["list actors", ({ events }) => collect(events.listActors())],
      ["read a snapshot", ({ events }) => events.getLatestSnapshot("a")],
      ["read a document", ({ documents }) => documents.getDocument("a", "b")],
      ["list documents", ({ documents }) => collect(documents.listDocuments("a"))],
    ];
    for (const [operation, call] of calls) {
      database.intercept = lockedOut;
      expect(await failureOf(call(impatient))).toMatchObject(locked(operation, 20));
      let left = 3;
      database.intercept = () => void (left-- > 0 && lockedOut("SELECT 1 FROM sqlite_schema"));
      expect(await failureOf(call(patient))).toBeUndefined();
      database.intercept = () => {};
    }
    const controller = new AbortController();
    database.intercept = lockedOut;
    const aborted = failureOf(store.getEvents("a", 0, { signal: controller.signal }));
    controller.abort("enough");
    expect(await aborted).toBe("enough");
    database.intercept = () => {};
    await (await file.open()).saveEvent(saved("a", 2));
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2]);
  });
});

interface Stores {
  readonly events: SqliteEventStore;
  readonly documents: SqliteDocumentStore;
}

async function openStores(database: SqliteDatabase, busyTimeoutMs: number): Promise<Stores> {
  const events = await SqliteEventStore.open(database, { busyTimeoutMs });
  return { events, documents: await SqliteDocumentStore.open(database, { busyTimeoutMs }) };
}

function lockedOut(sql: string): void {
  if (sql.startsWith("SELECT 1 FROM sqlite_schema")) throw driverError("SQLITE_BUSY");
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
