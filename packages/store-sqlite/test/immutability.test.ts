import { describe, expect, test } from "vitest";
import { drivers } from "./support/drivers.ts";
import { saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";

const COLUMNS = "(sequence, actor, version, remaining, record)";

describe.each(drivers)("stored events on $name", (driver) => {
  test.each([
    ["UPDATE aether_events SET record = '{}'", "must not be changed"],
    ["UPDATE aether_events SET version = 3 WHERE version = 2", "must not be changed"],
    ["DELETE FROM aether_events", "must not be deleted"],
    ["DELETE FROM aether_events WHERE version = 2", "must not be deleted"],
    [`INSERT OR REPLACE INTO aether_events ${COLUMNS} VALUES (2, 'a', 2, 0, '{}')`, "after the last one"],
    [`REPLACE INTO aether_events ${COLUMNS} VALUES (1, 'a', 2, 0, '{}')`, "after the last one"],
    [`INSERT INTO aether_events ${COLUMNS} VALUES (1, 'a', 1, 0, '{}') ON CONFLICT DO UPDATE SET record = ''`, "must"],
    [`INSERT INTO aether_events ${COLUMNS} VALUES (-1, 'a', 9, 0, '{}')`, "after the last one"],
  ])("are not changed by %s", async (sql, reason) => {
    await using file = new TestFile(driver);
    const store = await file.open();
    await store.saveEvents([1, 2, 3].map((version) => saved("a", version)));
    const other = file.connect();
    expect(() => other.exec(sql)).toThrow(reason);
    expect(versionsOf(await store.getEvents("a"))).toEqual([1, 2, 3]);
  });
});
