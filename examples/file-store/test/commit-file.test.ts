import { appendFile, copyFile, mkdtemp, open, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAetherError, type NewEvent } from "@aether/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FileEventStore } from "../src/index.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-store-"));
  path = join(folder, "events.jsonseq");
});
afterEach(() => rm(folder, { recursive: true }));

const saved = (version: number, text = "é\u2028"): NewEvent => ({
  id: `event ${version}`,
  actorId: "a",
  version,
  eventType: "Saved",
  data: { text },
});

async function versionsIn(file: string): Promise<readonly number[]> {
  await using store = await FileEventStore.open(file);
  return (await store.getEvents("a")).map(({ version }) => version);
}

test("a torn commit is skipped, wherever it was cut, and the next commit is accepted", async () => {
  const store = await FileEventStore.open(path);
  await store.saveEvent(saved(1));
  const whole = (await readFile(path)).length;
  await store.saveEvents([saved(2), saved(3)]);
  await store.close();
  const end = (await readFile(path)).length;
  for (let length = whole; length < end; length++) {
    const torn = join(folder, "torn");
    await copyFile(path, torn);
    await truncate(torn, length);
    expect(await versionsIn(torn)).toEqual([1]);
    await using other = await FileEventStore.open(torn);
    await other.saveEvent(saved(2));
    expect(await versionsIn(torn)).toEqual([1, 2]);
  }
}, 60_000);

test("a commit is accepted once it is complete, whatever part of it was already read", async () => {
  const writer = await FileEventStore.open(path);
  for (const version of [1, 2]) await writer.saveEvent(saved(version));
  await writer.close();
  const bytes = await readFile(path);
  const growing = join(folder, "growing");
  await using reader = await FileEventStore.open(growing);
  for (const byte of bytes) {
    await appendFile(growing, Buffer.of(byte));
    await reader.getLatestVersion("a");
  }
  expect((await reader.getEvents("a")).map(({ version }) => version)).toEqual([1, 2]);
});

test("records of any size are read completely", async () => {
  const store = await FileEventStore.open(path);
  const sizes = [1, 1 << 20, (1 << 20) - 200, 3 << 20, 7];
  for (const [index, size] of sizes.entries()) await store.saveEvent(saved(index + 1, "é".repeat(size)));
  await store.close();
  await using again = await FileEventStore.open(path);
  const read = await again.getEvents("a");
  expect(read.map(({ data }) => (data as { text: string }).text.length)).toEqual(sizes);
});

test("a commit is a record separator and a line of JSON, so that programs in any language can read it", async () => {
  await using store = await FileEventStore.open(path);
  const timestamp = "2026-02-28T12:00:00Z";
  await store.saveEvents([
    { ...saved(1), timestamp },
    { ...saved(2), timestamp },
  ]);
  const text = await readFile(path, "utf8");
  expect([text[0], text.at(-1), text.split(/[^\P{Cc}]/u).length]).toEqual(["\x1e", "\n", 3]);
  expect(JSON.parse(text.slice(1))).toEqual({
    id: expect.any(String),
    actorId: "a",
    events: [
      { ...saved(1), timestamp },
      { ...saved(2), timestamp },
    ],
  });
});

/** Replaces the next write or sync of any file. */
async function onceInstead(method: "write" | "datasync", instead: () => Promise<unknown>): Promise<void> {
  const file = await open(path, "a");
  vi.spyOn(Object.getPrototypeOf(file), method).mockImplementationOnce(instead);
  await file.close();
}

test.each([
  ["is full halfway", "write", () => appendFile(path, "\x1e{").then(() => ({ bytesWritten: 2 }))],
  ["fails", "write", () => Promise.reject(new Error("no space"))],
  ["loses the data", "write", () => Promise.resolve({ bytesWritten: 1_000_000 })],
  ["cannot sync", "datasync", () => Promise.reject(new Error("I/O error"))],
] as const)(
  "if the disk %s, the outcome is unknown, saving again settles it, and the store still works",
  async (_, method, instead) => {
    await using store = await FileEventStore.open(path);
    await store.saveEvent(saved(1));
    await onceInstead(method, instead);
    const failure: unknown = await store.saveEvent(saved(2)).catch((error: unknown) => error);
    expect(isAetherError(failure, "AETHER_OUTCOME_UNKNOWN") && failure.eventIds).toEqual(["event 2"]);
    const again: unknown = await store.saveEvent(saved(2)).catch((error: unknown) => error);
    if (again instanceof Error) expect(again).toMatchObject({ code: "AETHER_VERSION_CONFLICT", sameEvent: true });
    await store.saveEvent(saved(3));
    expect(await versionsIn(path)).toEqual([1, 2, 3]);
  },
);

test("a file that cannot be opened or read makes the store unavailable", async () => {
  const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
  await expect(FileEventStore.open(folder)).rejects.toMatchObject(unavailable);
  await using store = await FileEventStore.open(path);
  const file = await open(path);
  vi.spyOn(Object.getPrototypeOf(file), "read").mockRejectedValueOnce(new Error("I/O error"));
  await file.close();
  await expect(store.getEvents("a")).rejects.toMatchObject({ ...unavailable, reason: "Error: I/O error" });
  expect(await store.getEvents("a")).toEqual([]);
});
