import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type SqliteDatabase, SqliteDocumentStore, SqliteEventStore, type SqliteStatement } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";

describe.each(drivers)("a connection of $name", (driver) => {
  test.each([
    "full_column_names = ON",
    "short_column_names = OFF",
    "reverse_unordered_selects = ON",
    "recursive_triggers = ON",
    "trusted_schema = OFF",
    "foreign_keys = ON",
    "case_sensitive_like = ON",
  ])("that the application has set to %s is used as any other", async (setting) => {
    await using file = new TestFile(driver);
    const first = await file.open();
    await first.saveEvents([1, 2, 3].map((version) => saved("a", version)));
    const database = file.connect();
    // Some settings apply to statements that are prepared later.
    database.exec(`PRAGMA ${setting}`);
    const events = await SqliteEventStore.open(database);
    const documents = await SqliteDocumentStore.open(database);
    await first.close();
    database.exec(`PRAGMA ${setting}`);
    await expectRightAnswers(events, documents);
  });

  test("that returns integers as BigInts is used as any other", async () => {
    await using file = new TestFile(driver);
    const database = withBigInts(file.connect());
    const events = await SqliteEventStore.open(database);
    const documents = await SqliteDocumentStore.open(database);
    await events.saveEvents([1, 2, 3].map((version) => saved("a", version)));
    await expectRightAnswers(events, documents);
  });

  test("with another database attached leaves that one as it is", async () => {
    await using file = new TestFile(driver);
    const other = `${file.path}-other`;
    file.connect(other).exec("CREATE TABLE orders (id TEXT)");
    await file.disconnect();
    const bytes = readFileSync(other);
    const database = file.connect();
    database.exec(`ATTACH '${other}' AS other`);
    const store = await SqliteEventStore.open(database);
    await store.saveEvent(saved("a", 1));
    await SqliteDocumentStore.open(database);
    expect(readFileSync(other).equals(bytes)).toBe(true);
  });
});

/** Expects an actor "a" with the versions 1 to 3. */
async function expectRightAnswers(events: SqliteEventStore, documents: SqliteDocumentStore): Promise<void> {
  expect(await events.getLatestVersion("a")).toBe(3);
  const conflict = { code: "AETHER_VERSION_CONFLICT", currentVersion: 3, sameEvent: true };
  expect(await failureOf(events.saveEvent(saved("a", 2)))).toMatchObject(conflict);
  await events.saveEvents([saved("b", 1), saved("b", 2)]);
  const receipt = await events.saveEvent(saved("a", 4));
  expect(await events.getLatestPosition()).toBe(receipt.position);
  expect(versionsOf(await events.getEvents("a"))).toEqual([1, 2, 3, 4]);
  const backward: number[] = [];
  for await (const { version } of events.readEvents("a", { direction: "backward" })) backward.push(version);
  expect(backward).toEqual([4, 3, 2, 1]);
  const ids: (string | undefined)[] = [];
  for await (const page of events.readFeed()) ids.push(...page.events.map(({ event }) => event.id));
  expect(ids).toEqual(["a/1", "a/2", "a/3", "b/1", "b/2", "a/4"]);
  for await (const page of events.readFeed({ after: receipt.position })) expect(page.events).toEqual([]);
  await events.saveSnapshot({ actorId: "a", version: 4, state: { total: 7 } });
  expect(await events.getLatestSnapshot("a")).toMatchObject({ version: 4, state: { total: 7 } });

  const revision = await documents.putDocument("carts", "a", { items: 1 }, { expectedRevision: "absent" });
  expect(await documents.getDocument("carts", "a")).toMatchObject({ revision, value: { items: 1 } });
  const next = await documents.putDocument("carts", "a", { items: 2 }, { expectedRevision: revision });
  expect(next).not.toBe(revision);
  expect(await failureOf(documents.deleteDocument("carts", "a", { expectedRevision: revision }))).toMatchObject({
    code: "AETHER_REVISION_CONFLICT",
    currentRevision: next,
  });
  for await (const document of documents.listDocuments("carts")) expect(document.revision).toBe(next);
}

/** Returns a database that reads integers as drivers do that are configured to return BigInts. */
function withBigInts(database: SqliteDatabase): SqliteDatabase {
  const converted = (row: unknown): unknown => {
    if (typeof row !== "object" || row === null) return row;
    const entries = Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "number" ? BigInt(value) : value,
    ]);
    return Object.fromEntries(entries);
  };
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql): SqliteStatement => {
      const statement = database.prepare(sql);
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => converted(statement.get(...values)),
        all: (...values) => statement.all(...values).map(converted),
      };
    },
  };
}
