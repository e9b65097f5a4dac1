import type { FeedPage } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";
import { WatchedDatabase } from "./support/watched-database.ts";

/** No test waits for this long. */
const NEVER_MS = 1_000_000;

describe.each(drivers)("followers on $name", (driver) => {
  function follow(store: SqliteEventStore): () => Promise<FeedPage> {
    const pages = store.readFeed({ follow: true })[Symbol.asyncIterator]();
    return async () => (await pages.next()).value as FeedPage;
  }

  test("receive the events of all stores in the same thread without a check", async () => {
    await using file = new TestFile(driver);
    const reader = await file.open({ pollIntervalMs: NEVER_MS });
    const writer = await file.open();
    const next = follow(reader);
    expect(await next()).toMatchObject({ events: [], isCaughtUp: true });
    for (const [index, store] of [reader, writer, reader, writer].entries()) {
      const page = next();
      const { position } = await store.saveEvent(saved("a", index + 1));
      expect(await page).toMatchObject({ events: [{ position }], position, isCaughtUp: true });
    }
  });

  test("receive the events of other connections after a check", async () => {
    await using file = new TestFile(driver);
    const reader = await file.open();
    await reader.saveEvent(saved("a", 1));
    const next = follow(reader);
    await next();
    const other = file.connect();
    for (const version of [2, 3]) {
      const record = JSON.stringify(saved("a", version, { timestamp: "2026-01-01T00:00:00Z" }));
      const page = next();
      other
        .prepare("INSERT INTO aether_events (sequence, actor, version, remaining, record) VALUES (?, 'a', ?, 0, ?)")
        .run(version, version, record);
      expect(await page).toMatchObject({ events: [{ event: { version } }], isCaughtUp: true });
    }
  });

  test("reject if an older state of the file is restored, even if it has as many events again", async () => {
    await using file = new TestFile(driver);
    const reader = await file.open();
    await reader.saveEvents([1, 2, 3].map((version) => saved("a", version)));
    const next = follow(reader);
    await next();
    const page = next();
    const restored = [3, 4].map((sequence) => {
      const record = JSON.stringify(saved("b", sequence, { timestamp: "2026-01-01T00:00:00Z" }));
      return `INSERT INTO aether_events (sequence, actor, version, remaining, record)
        VALUES (${sequence}, 'b', ${sequence}, 0, '${record}');`;
    });
    file.connect().exec(`BEGIN IMMEDIATE; DROP TRIGGER aether_events_no_delete;
      DELETE FROM aether_events WHERE sequence = 3; ${restored.join("")} COMMIT`);
    await expect(page).rejects.toMatchObject({
      code: "AETHER_STREAM_RESET",
      reason: "the database has another event at this position",
    });
  });

  test("check less and less often, up to the interval", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database, { pollIntervalMs: 40 });
    await store.saveEvent(saved("a", 1));
    const next = follow(store);
    await next();
    let checks = 0;
    database.intercept = (sql) => void (sql === "PRAGMA data_version" && checks++);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const page = next();
      const counts = [];
      for (const ms of [10, 50, 400, 400]) {
        await vi.advanceTimersByTimeAsync(ms);
        counts.push(checks);
        checks = 0;
      }
      expect(counts).toEqual([4, 2, 10, 10]);
      await store.saveEvent(saved("a", 2));
      expect((await page).events.length).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  test("report that they have caught up, even if the last page was full", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    // The first page has 128 events.
    await Promise.all(Array.from({ length: 128 }, (_, index) => store.saveEvent(saved(`a-${index}`, 1))));
    const next = follow(store);
    const pages = [await next(), await next()];
    expect(pages.map(({ events, isCaughtUp }) => [events.length, isCaughtUp])).toEqual([
      [128, false],
      [0, true],
    ]);
    expect(pages[1]?.position).toBe(pages[0]?.position);
  });

  test("wait for a lock, and fail if it takes too long", async () => {
    await using file = new TestFile(driver);
    const database = new WatchedDatabase(file.connect());
    const store = await SqliteEventStore.open(database, { busyTimeoutMs: 20 });
    const next = follow(store);
    await next();
    database.intercept = (sql) => {
      if (sql.startsWith("SELECT 1 FROM sqlite_schema")) throw Object.assign(new Error(), { code: "SQLITE_BUSY" });
    };
    expect(await failureOf(next())).toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });

  test("that were left keep no timer, and neither do stores that were closed", async () => {
    await using file = new TestFile(driver);
    const timers = (): number => process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;
    const before = timers();
    const store = await file.open();
    for await (const { isCaughtUp } of store.readFeed({ follow: true })) if (isCaughtUp) break;
    const next = follow(store);
    await next();
    const closed = failureOf(next());
    await store.close();
    expect(await closed).toMatchObject({ code: "AETHER_STORE_CLOSED" });
    expect(timers()).toBe(before);
  });
});
