import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteEventStore } from "@aether/store-sqlite";
import { expect, onTestFinished, test } from "vitest";
import { driverNames, openDatabase } from "../src/index.ts";

test("Node.js has its own driver from version 22.13 on", () => {
  expect(driverNames).toContain("libsql");
  expect(driverNames.includes("node:sqlite")).toBe(process.getBuiltinModule("node:sqlite" as "node:fs") !== undefined);
});

test.each([undefined, ...driverNames])("a store works on a file that was opened with %s", async (driver) => {
  const folder = mkdtempSync(join(tmpdir(), "aether-sqlite-driver-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = await openDatabase(join(folder, "events.db"), driver);
  const store = await SqliteEventStore.open(database);
  await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} });
  expect(await store.getLatestVersion("order-1")).toBe(1);
  await store.close();
  database.close();
});
