import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RecordedOperation, type RecordedPage, RecordingStore } from "@aether/conformance";
import type { Event } from "@aether/core";
import { type Database, openDatabase } from "@aether/sqlite-driver";
import { SqliteEventStore } from "@aether/store-sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Random } from "../src/random.ts";
import { checkSqliteRun } from "../src/sqlite/check-sqlite-run.ts";
import { Journal, readJournal } from "../src/sqlite/journal.ts";
import { sharedNow } from "../src/workload/clock.ts";

let folder: string;
let path: string;
let database: Database;
let store: SqliteEventStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aether-sqlite-"));
  path = join(folder, "events.db");
  database = await openDatabase(path);
  store = await SqliteEventStore.open(database);
});
afterEach(async () => {
  await store.close();
  database.close();
  await rm(folder, { recursive: true });
});

const event = (actorId: string, version: number): Event => ({
  id: `${actorId}/${version}`,
  actorId,
  version,
  eventType: "Written",
  data: { version },
  timestamp: "2026-01-01T00:00:00Z",
});

/** Saves a single event and a batch, and reads the feed. */
async function recordRun(): Promise<{ operations: RecordedOperation[]; pages: RecordedPage[] }> {
  const operations: RecordedOperation[] = [];
  const pages: RecordedPage[] = [];
  const recording = new RecordingStore(store, {
    client: "writer",
    record: (operation) => operations.push(operation),
    recordPage: (page) => pages.push(page),
    now: sharedNow,
  });
  await recording.saveEvent(event("a", 1));
  await recording.saveEvents([event("b", 1), event("b", 2), event("b", 3)]);
  await recording.saveEvent(event("a", 2));
  for await (const _ of recording.readFeed());
  return { operations, pages };
}

async function rulesOf(run: { operations: readonly RecordedOperation[]; pages: readonly RecordedPage[] }) {
  const { violations } = await checkSqliteRun({ ...run, path, feeds: [], random: new Random(1) });
  return violations.map((violation) => violation.slice(0, violation.search(/[:,]/)));
}

describe("the checks of a file", () => {
  test("find no violation after a correct run", async () => {
    expect(await rulesOf(await recordRun())).toEqual([]);
  });

  test.each([
    ["a lost event", "DELETE FROM aether_events WHERE sequence = 5", "lost-event"],
    ["a part of a batch", "DELETE FROM aether_events WHERE sequence = 3", "file"],
    ["a batch without an end", "DELETE FROM aether_events WHERE sequence > 3", "file"],
    [
      "an altered event",
      `UPDATE aether_events SET record = replace(record, '"data":{', '"data":{"x":1,')`,
      "altered-event",
    ],
    ["a row of another actor", "UPDATE aether_events SET actor = 'c' WHERE sequence = 5", "file"],
    ["a gap in a feed", "", "feed-gap"],
  ])("detect %s", async (name, sql, rule) => {
    const run = await recordRun();
    for (const trigger of ["update", "delete"]) database.exec(`DROP TRIGGER aether_events_no_${trigger}`);
    database.exec(sql);
    const withoutFirst = run.pages.map((page) => ({ ...page, events: page.events.slice(1) }));
    const rules = await rulesOf(name === "a gap in a feed" ? { ...run, pages: withoutFirst } : run);
    expect(rules).toContain(rule);
  });
});

describe("a journal", () => {
  const save = async (journal: Journal, saved: Event): Promise<unknown> => {
    journal.begin("writer", [saved]);
    return new RecordingStore(store, { ...journal, client: "writer" }).saveEvent(saved).catch(() => {});
  };

  test("has the calls that have settled, and saves that were cut off, whose outcome is unknown", async () => {
    const journal = new Journal(join(folder, "journal"));
    await save(journal, event("a", 1));
    await save(journal, event("a", 1));
    journal.begin("writer", [event("a", 2), event("a", 3)]);
    const endedAt = sharedNow();
    const { operations, cutOff } = readJournal(join(folder, "journal"), endedAt);
    expect(cutOff).toBe(1);
    expect(operations).toMatchObject([
      { outcome: "ok" },
      { outcome: "same-event" },
      { outcome: "unknown", events: [{ version: 2 }, { version: 3 }], endedAt },
    ]);
    // The cut-off batch may be stored or not.
    expect(await rulesOf({ operations, pages: [] })).toEqual([]);
    await store.saveEvents([event("a", 2), event("a", 3)]);
    expect(await rulesOf({ operations, pages: [] })).toEqual([]);
  });

  test("may end with an incomplete line", async () => {
    const file = join(folder, "journal");
    await save(new Journal(file), event("a", 1));
    const text = await readFile(file, "utf8");
    await writeFile(file, text.slice(0, -5));
    expect(readJournal(file, sharedNow())).toMatchObject({ operations: [{ outcome: "unknown" }], cutOff: 1 });
  });
});
