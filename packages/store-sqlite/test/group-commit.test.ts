import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { SqliteDocumentStore, SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { driverError, WatchedDatabase } from "./support/watched-database.ts";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(drivers)("saves on $name", (driver) => {
  async function open(file: TestFile): Promise<{ database: WatchedDatabase; store: SqliteEventStore }> {
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database);
    database.writes.length = 0;
    return { database, store };
  }

  test("saves of one turn share a transaction, and those of callers that go on share the next ones", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    const writers = Array.from({ length: 64 }, async (_, index) => {
      for (let version = 1; version <= 10; version++) await store.saveEvent(saved(`a-${index}`, version));
    });
    await Promise.all(writers);
    expect(database.transactions).toBe(10);
    expect(database.writes.filter((word) => word === "COMMIT").length).toBe(10);
  });

  test("a transaction takes no further save after 1,000 events, so that it does not block for long", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    const batches = Array.from({ length: 5 }, (_, index) => {
      return store.saveEvents(Array.from({ length: 400 }, (_, at) => saved(`a-${index}`, at + 1)));
    });
    await Promise.all(batches);
    expect(database.transactions).toBe(3);
    await store.saveEvents(Array.from({ length: 2_500 }, (_, at) => saved("large", at + 1)));
    expect(database.transactions).toBe(4);
    expect(await store.getLatestVersion("large")).toBe(2_500);
  });

  test("a conflict affects only its own save, and later saves of its actor see the earlier ones", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    const saves = [
      store.saveEvent(saved("a", 1)),
      store.saveEvent(saved("a", 1, { id: "other" })),
      store.saveEvents([saved("b", 1), saved("b", 2)]),
      store.saveEvents([saved("b", 2), saved("b", 3)]),
      store.saveEvent(saved("a", 2)),
      store.saveEvent(saved("a", 1)),
    ];
    const outcomes = (await Promise.allSettled(saves)).map((outcome) =>
      outcome.status === "fulfilled" ? "stored" : { ...outcome.reason, cause: undefined },
    );
    const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 1, sameEvent: false };
    expect(outcomes).toMatchObject([
      "stored",
      conflict,
      "stored",
      { ...conflict, currentVersion: 2 },
      "stored",
      { ...conflict, currentVersion: 2, sameEvent: true },
    ]);
    expect(database.transactions).toBe(1);
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2]);
    expect(versionsOf(await store.getEvents("b"))).toEqual([1, 2]);
  });

  test("if a statement fails, only the save of the statement fails", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    database.intercept = (sql, values) => {
      if (sql.startsWith("INSERT") && values[1] === "bad" && values[2] === 2) throw driverError("SQLITE_IOERR");
    };
    const saves = ["a", "b", "bad", "c", "a"].map((actorId, index) => {
      return failureOf(store.saveEvents([saved(actorId, 2 * index + 1), saved(actorId, 2 * index + 2)]));
    });
    database.intercept = (sql, values) => {
      if (sql.startsWith("INSERT") && values[1] === "bad" && values[2] === 6) throw driverError("SQLITE_IOERR");
    };
    const [a, b, bad, c, again] = await Promise.all(saves);
    expect([a, b, c, again]).toEqual([undefined, undefined, undefined, undefined]);
    expect(bad).toMatchObject({ code: "AETHER_STORE_UNAVAILABLE", operation: "save events", reason: "SQLITE_IOERR" });
    expect(await store.getEvents("bad")).toEqual([]);
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2, 9, 10]);
    database.intercept = () => {};
    await store.saveEvent(saved("bad", 1));
    const positions = [];
    for await (const { events } of store.readFeed()) positions.push(...events.map(({ event }) => event.id));
    expect(positions).toEqual(["a/1", "a/2", "b/3", "b/4", "c/7", "c/8", "a/9", "a/10", "bad/1"]);
  });

  test("a batch is not stored in part if an index of the application rejects one of its events", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    database.exec("CREATE UNIQUE INDEX ids ON aether_events (json_extract(record, '$.id'))");
    // The second transaction need not check whether other connections have stored events.
    for (const version of [1, 2]) await store.saveEvent(saved("a", version));
    const [failure, other] = await Promise.all([
      failureOf(store.saveEvents([saved("a", 3), saved("a", 4, { id: "a/1" })])),
      failureOf(store.saveEvent(saved("b", 1))),
    ]);
    expect(failure).toMatchObject({ code: "AETHER_STORE_UNAVAILABLE", reason: expect.stringContaining("UNIQUE") });
    expect(other).toBeUndefined();
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2]);
    await store.saveEvents([saved("a", 3), saved("a", 4)]);
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ["SQLITE_FULL", "AETHER_STORE_UNAVAILABLE"],
    ["SQLITE_IOERR", "AETHER_OUTCOME_UNKNOWN"],
  ] as const)("if COMMIT fails with %s, the saves reject with %s, and can be repeated", async (failure, code) => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    database.intercept = (sql) => {
      if (sql !== "COMMIT" || !database.writes.includes("INSERT")) return;
      database.intercept = () => {};
      throw driverError(failure);
    };
    const failures = await Promise.all(["a", "b"].map((actorId) => failureOf(store.saveEvent(saved(actorId, 1)))));
    for (const [index, actorId] of ["a", "b"].entries()) {
      const error = failures[index];
      expect(error).toMatchObject({ code, cause: { code: failure } });
      if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN"))
        expect(error).toMatchObject({ actorId, eventIds: [`${actorId}/1`] });
      expect(await store.getEvents(actorId)).toEqual([]);
      await store.saveEvent(saved(actorId, 1));
    }
    expect(await store.getLatestVersion("b")).toBe(1);
  });

  test("if COMMIT fails because of a lock, the transaction is repeated", async () => {
    await using file = new TestFile(driver);
    const { database, store } = await open(file);
    let left = 3;
    database.intercept = (sql) => {
      if (sql === "COMMIT" && database.writes.includes("INSERT") && left-- > 0) throw driverError("SQLITE_BUSY");
    };
    await Promise.all([store.saveEvent(saved("a", 1)), store.saveEvent(saved("b", 1))]);
    expect(database.transactions).toBe(4);
    expect([await store.getLatestVersion("a"), await store.getLatestVersion("b")]).toEqual([1, 1]);
  });

  test("a save that is aborted before its transaction stores nothing, and the others continue", async () => {
    await using file = new TestFile(driver);
    const { store } = await open(file);
    const controller = new AbortController();
    const reason = new Error("enough");
    const aborted = failureOf(store.saveEvent(saved("a", 1), { signal: controller.signal }));
    const other = store.saveEvent(saved("b", 1));
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    await other;
    await nextTurn();
    expect(await store.getEvents("a")).toEqual([]);
  });

  test("writes of documents share transactions, too", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const documents = await SqliteDocumentStore.open(database);
    database.writes.length = 0;
    const first = await documents.putDocument("carts", "a", {});
    const writes = [
      documents.putDocument("carts", "a", { n: 1 }, { expectedRevision: first }),
      documents.putDocument("carts", "a", { n: 2 }, { expectedRevision: first }),
      documents.writeDocuments([
        { type: "put", collection: "carts", id: "b", value: {} },
        { type: "put", collection: "carts", id: "a", value: {}, expectedRevision: "absent" },
      ]),
      documents.putDocument("carts", "c", {}),
    ];
    const statuses = (await Promise.allSettled(writes)).map(({ status }) => status);
    expect(statuses).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(database.transactions).toBe(2);
    expect((await documents.getDocument("carts", "a"))?.value).toEqual({ n: 1 });
    expect(await documents.getDocument("carts", "b")).toBeUndefined();
  });
});
