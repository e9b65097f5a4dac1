import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";

/** Size of the header of a write-ahead log, and of a frame in it: a header and a page. */
const LOG_HEADER = 32;
const FRAME = 24 + 4096;

describe.each(drivers)("a write-ahead log on $name", (driver) => {
  /** Copies the database of a running store, as a power cut would leave it. */
  function copyOf(file: TestFile, name: string): string {
    const copy = join(file.folder, name);
    copyFileSync(file.path, copy);
    copyFileSync(`${file.path}-wal`, `${copy}-wal`);
    return copy;
  }

  test("that was cut anywhere holds the first saves completely, and accepts the next one", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    await store.saveEvent(saved("a", 1));
    const before = readFileSync(`${file.path}-wal`).length;
    for (const version of [2, 5, 8]) {
      await store.saveEvents(
        [0, 1, 2].map((index) => saved("a", version + index, { data: { text: "x".repeat(5_000) } })),
      );
    }
    const after = readFileSync(`${file.path}-wal`).length;
    const found = new Set<number>();
    const cuts = [];
    for (let cut = before; cut < after; cut += FRAME) cuts.push(cut, cut + 1, cut + FRAME / 2, cut + FRAME - 1);
    for (const [index, cut] of cuts.entries()) {
      const torn = copyOf(file, `torn-${index}.db`);
      truncateSync(`${torn}-wal`, cut);
      const reopened = await SqliteEventStore.open(file.connect(torn));
      const versions = versionsOf(await reopened.getEvents("a"));
      expect([1, 4, 7]).toContain(versions.length);
      expect(versions).toEqual(versions.map((_, at) => at + 1));
      found.add(versions.length);
      await reopened.saveEvent(saved("a", versions.length + 1));
      expect(await reopened.getLatestVersion("a")).toBe(versions.length + 1);
    }
    expect([...found]).toEqual([1, 4, 7]);
  });

  test("with a damaged frame ends before the frame", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    await store.saveEvent(saved("a", 1));
    const before = readFileSync(`${file.path}-wal`).length;
    for (const version of [2, 3]) await store.saveEvent(saved("a", version));
    for (let frame = before; frame < readFileSync(`${file.path}-wal`).length; frame += FRAME) {
      const damaged = copyOf(file, `damaged-${frame}.db`);
      const bytes = readFileSync(`${damaged}-wal`);
      bytes[frame + 24 + 100] = (bytes[frame + 24 + 100] ?? 0) ^ 0xff;
      writeFileSync(`${damaged}-wal`, bytes);
      const versions = versionsOf(await (await SqliteEventStore.open(file.connect(damaged))).getEvents("a"));
      expect([[1], [1, 2]]).toContainEqual(versions);
    }
    expect((before - LOG_HEADER) % FRAME).toBe(0);
  });

  test("that has lost events is detected by the positions of readers", async () => {
    await using file = new TestFile(driver);
    const store = await file.open();
    const { position: kept } = await store.saveEvent(saved("a", 1));
    const before = readFileSync(`${file.path}-wal`).length;
    const { position: lost } = await store.saveEvent(saved("a", 2));
    const torn = copyOf(file, "torn.db");
    truncateSync(`${torn}-wal`, before);
    const reopened = await SqliteEventStore.open(file.connect(torn));
    const resume = async (after: typeof kept): Promise<readonly string[]> => {
      const ids: string[] = [];
      for await (const { events } of reopened.readFeed({ after })) for (const { event } of events) ids.push(event.id);
      return ids;
    };
    const reset = { code: "AETHER_STREAM_RESET", streamName: "aether_events" };
    expect(await failureOf(resume(lost))).toMatchObject(reset);
    await reopened.saveEvent(saved("b", 1));
    expect(await resume(kept)).toEqual(["b/1"]);
    expect(await failureOf(resume(lost))).toMatchObject(reset);
  });
});
