import type { ReadOptions } from "@aether/core";
import { describe, expect, test } from "vitest";
import { SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { WatchedDatabase } from "./support/watched-database.ts";

const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe.each(drivers)("reads on $name", (driver) => {
  async function read(store: SqliteEventStore, options: ReadOptions): Promise<readonly number[]> {
    const versions: number[] = [];
    for await (const { version } of store.readEvents("a", options)) versions.push(version);
    return versions;
  }

  test.each([1, 127, 128, 129, 640, 641, 3_000])("of %d events are complete, in any direction", async (count) => {
    await using file = new TestFile(driver);
    const store = await file.open();
    await store.saveEvents(range(1, count).map((version) => saved("a", version)));
    expect(versionsOf(await store.getEvents("a"))).toEqual(range(1, count));
    expect(versionsOf(await store.getEvents("a", count))).toEqual([count]);
    expect(await store.getEvents("a", count + 1)).toEqual([]);
    expect(await read(store, {})).toEqual(range(1, count));
    expect(await read(store, { direction: "backward" })).toEqual(range(1, count).toReversed());
    const middle = Math.ceil(count / 2);
    expect(await read(store, { fromVersion: middle, toVersion: count - 1 })).toEqual(range(middle, count - 1));
    expect(await read(store, { direction: "backward", toVersion: middle })).toEqual(range(1, middle).toReversed());
    const ids: (string | undefined)[] = [];
    for await (const { events } of store.readFeed()) for (const { event } of events) ids.push(event.id);
    expect(ids).toEqual(range(1, count).map((version) => `a/${version}`));
  });

  test("that are aborted read no further page", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database);
    await store.saveEvents(range(1, 3_000).map((version) => saved("a", version)));
    const controller = new AbortController();
    let pages = 0;
    database.intercept = (sql) => void (sql.includes("group_concat") && pages++);
    const reading = store.getEvents("a", 0, { signal: controller.signal });
    controller.abort("enough");
    await expect(reading).rejects.toBe("enough");
    await store.close();
    expect(pages).toBe(1);
  });

  test("malformed records do not hide events, wherever they are and however many", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    const database = file.connect();
    const insert = `INSERT INTO aether_events (sequence, actor, version, remaining, record)
      SELECT coalesce(max(sequence), 0) + 1, ?, ?, ?, CAST(unhex(?) AS TEXT) FROM aether_events`;
    const records = ["no JSON", "\x1e", "\x1e\x1e", "a\0b", "", "{}", '{"id":"\x1f"}'].map((text) => Buffer.from(text));
    records.push(Buffer.of(0xff), Buffer.of(0xc3, 0x28, 0x1e));
    let malformed = 0;
    for (let version = 1; version <= 40; version++) {
      for (let count = version % 7 === 0 ? 30 : 1; count > 0; count--) {
        const bytes = records[malformed++ % records.length] ?? Buffer.of();
        database.prepare(insert).run("a", version, malformed % 5, bytes.toString("hex"));
      }
      if (version % 4 !== 0) await store.saveEvent(saved("a", version));
    }
    const versions = range(1, 40).filter((version) => version % 4 !== 0);
    const { events, errors } = await store.getEventsWithErrors("a");
    expect(versionsOf(events)).toEqual(versions);
    expect(errors.map(({ raw }) => Buffer.from(raw).toString("hex")).toSorted()).toEqual(
      range(0, malformed - 1)
        .map((index) => (records[index % records.length] as Buffer).toString("hex"))
        .toSorted(),
    );
    expect(await store.getLatestVersion("a")).toBe(39);
    expect(await read(store, {})).toEqual(versions);
    expect(await read(store, { limit: 3, direction: "backward" })).toEqual([39, 38, 37]);
    let [eventCount, errorCount] = [0, 0];
    for await (const page of store.readFeed()) {
      eventCount += page.events.length;
      errorCount += page.errors.length;
    }
    expect([eventCount, errorCount]).toEqual([versions.length, malformed]);
    const failure: unknown = await store.saveEvent(saved("a", 21)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "AETHER_VERSION_CONFLICT", currentVersion: 39, sameEvent: true });
  });

  test("a record that claims to be part of an endless batch does not make a page endless", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    const database = file.connect();
    database.exec(`INSERT INTO aether_events (sequence, actor, version, remaining, record)
      VALUES (1, 'x', 1, 9007199254740991, '{}')`);
    await Promise.all(range(1, 2_500).map((index) => store.saveEvent(saved(`a-${index}`, 1))));
    const sizes = [];
    for await (const { events, errors } of store.readFeed()) sizes.push(events.length + errors.length);
    expect(sizes).toEqual([128, ...new Array(9).fill(256), 69]);
  });

  test("large events are read in small pages, even after small events", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    const data = { text: "é".repeat(50_000) };
    const isLarge = (version: number): boolean => version > 500 && version < 900;
    const events = range(1, 1_500).map((version) => saved("a", version, isLarge(version) ? { data } : {}));
    await Promise.all(events.map((event) => store.saveEvent(event)));
    expect(await read(store, {})).toEqual(range(1, 1_500));
    const sizes: number[] = [];
    for await (const page of store.readFeed()) {
      sizes.push(page.events.filter(({ event }) => isLarge(event.version)).length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
    expect(sizes.filter((size) => size > 0 && size <= 24).length).toBeGreaterThan(10);
  });

  test("rows that are too large for one result of SQLite are read in smaller parts", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database);
    await store.saveEvents(range(1, 100).map((version) => saved("a", version)));
    database.intercept = (sql, values) => {
      const isTooBig = sql.includes("group_concat") && Number(values.at(-1)) > 2;
      if (isTooBig) throw Object.assign(new Error(), { code: "SQLITE_TOOBIG" });
    };
    expect(versionsOf(await store.getEvents("a"))).toEqual(range(1, 100));
    expect(await read(store, { direction: "backward", limit: 7 })).toEqual(range(94, 100).toReversed());
    database.intercept = (sql) => {
      if (sql.includes("group_concat")) throw Object.assign(new Error(), { code: "SQLITE_TOOBIG" });
    };
    expect(versionsOf(await store.getEvents("a"))).toEqual(range(1, 100));
  });
});
