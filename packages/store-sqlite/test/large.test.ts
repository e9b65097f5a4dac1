import type { DocumentTooLargeError } from "@aether/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SqliteDocumentStore, SqliteEventStore } from "../src/index.ts";
import { drivers } from "./support/drivers.ts";
import { failureOf, saved, versionsOf } from "./support/events.ts";
import { TestFile } from "./support/test-file.ts";

const limitBytes = 256 * 1024 * 1024;

describe.each(drivers)("content for $name", (driver) => {
  test("whose JSON is too large for a text of JavaScript is rejected, and not stored", async () => {
    await using file = new TestFile(driver);
    const database = file.connect();
    const events = await SqliteEventStore.open(database);
    const documents = await SqliteDocumentStore.open(database);
    await events.saveEvent(saved("a", 1));
    // Two texts of 300 MB have this effect, but take seconds.
    const { stringify } = JSON;
    const spy = vi.spyOn(JSON, "stringify").mockImplementation((value) => {
      const json = stringify(value);
      if (json.includes("300 MB")) throw new RangeError("Invalid string length");
      return json;
    });
    onTestFinished(() => spy.mockRestore());
    const content = { text: "300 MB", other: "300 MB" };
    const tooLargeEvent = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a", limitBytes };
    const large = saved("a", 3, { data: content });
    expect(await failureOf(events.saveEvent(large))).toMatchObject(tooLargeEvent);
    expect(await failureOf(events.saveEvents([saved("a", 2), large]))).toMatchObject(tooLargeEvent);
    const snapshot = { actorId: "a", version: 1, state: content };
    expect(await failureOf(events.saveSnapshot(snapshot))).toMatchObject(tooLargeEvent);
    const tooLargeDocument = { code: "AETHER_DOCUMENT_TOO_LARGE", collection: "c", id: "d", limitBytes };
    const failure = await failureOf(documents.putDocument("c", "d", content));
    expect(failure).toMatchObject(tooLargeDocument);
    expect((failure as DocumentTooLargeError).sizeBytes).toBeGreaterThan(limitBytes);
    expect(versionsOf(await events.getEvents("a"))).toEqual([1]);
    expect(await documents.getDocument("c", "d")).toBeUndefined();
  });
});
