import { describe, expect, test } from "vitest";
import { SqliteDocumentStore, SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { WatchedDatabase } from "./support/watched-database.ts";

describe.each(drivers)("closing on $name", (driver) => {
  test("a closed store leaves the database open, and other stores on it continue", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    const [first, second] = [await SqliteEventStore.open(database), await SqliteEventStore.open(database)];
    const documents = await SqliteDocumentStore.open(database);
    await first.saveEvent(saved("a", 1));
    await first.close();
    await second.saveEvent(saved("a", 2));
    await documents.putDocument("carts", "a", {});
    expect(versionsOf(await second.getEvents("a"))).toEqual([1, 2]);
    await second.close();
    await documents.close();
    expect(database.prepare("SELECT count(*) AS events FROM aether_events").get()).toMatchObject({ events: 2 });
  });

  test("close waits for saves in flight, even for a lock, and begins no transaction afterwards", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database);
    const other = file.connect();
    other.exec("BEGIN IMMEDIATE");
    const saves = [1, 2].map((version) => store.saveEvent(saved("a", version)));
    const closed = store.close();
    setTimeout(() => other.exec("COMMIT"), 10);
    await closed;
    const statements = database.writes.length;
    expect((await Promise.allSettled(saves)).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    expect(database.writes.length).toBe(statements);
  });

  test("the calls of a store whose database was closed reject with an error of the store", async () => {
    await using file = new TestFile(driver);
    const database = driver.open(file.path);
    const store = await SqliteEventStore.open(database);
    await store.saveEvent(saved("a", 1));
    database.close();
    const calls = [
      () => store.saveEvent(saved("a", 2)),
      () => store.getEvents("a"),
      () => store.getLatestVersion("a"),
      () => store.readFeed()[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await store.close();
    expect(versionsOf(await (await file.open()).getEvents("a"))).toEqual([1]);
  });
});
