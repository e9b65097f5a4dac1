import { appendFile, copyFile, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event, FeedOptions, FeedPage, NewEvent, Position } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileEventStore } from "../src/index.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-store-"));
  path = join(folder, "events.jsonseq");
});
afterEach(() => rm(folder, { recursive: true }));

const saved = (actorId: string, version: number): NewEvent => ({
  id: `${actorId}/${version}`,
  actorId,
  version,
  eventType: version % 2 === 0 ? "Even" : "Odd",
  data: {},
});

async function read(store: FileEventStore, options: FeedOptions = {}): Promise<readonly FeedPage[]> {
  const pages: FeedPage[] = [];
  for await (const page of store.readFeed(options)) pages.push(page);
  return pages;
}
const idsOf = (pages: readonly FeedPage[]): readonly string[] =>
  pages.flatMap(({ events }) => events.map(({ event }) => event.id));

test("two stores read the same feed, with the positions of the receipts, and each batch in one page", async () => {
  await using left = await FileEventStore.open(path);
  await using right = await FileEventStore.open(path);
  const receipts = [];
  for (let round = 1; round <= 400; round++) {
    receipts.push(await (round % 2 === 0 ? left : right).saveEvent(saved("a", round)));
    if (round % 100 === 0)
      receipts.push(...(await left.saveEvents([1, 2, 3].map((version) => saved(`b-${round}`, version)))));
    if (round % 4 === 0) receipts.push(await right.saveEvent(saved(`c-${round}`, 1)));
  }
  for (const store of [left, right]) {
    const pages = await read(store);
    const stored = pages.flatMap(({ events }) => events);
    expect(pages.length).toBe(2);
    expect(stored.map(({ event, position }) => [event.id, position])).toEqual(
      receipts.map(({ id, position }) => [id, position]),
    );
    expect(pages.map(({ isCaughtUp }) => isCaughtUp)).toEqual([false, true]);
    expect(await store.getLatestPosition()).toBe(receipts.at(-1)?.position);
  }
});

test("a read continues after any position, even within a batch", async () => {
  await using store = await FileEventStore.open(path);
  await store.saveEvents([saved("a", 1), saved("a", 2), saved("a", 3)]);
  await store.saveEvents([saved("b", 1), saved("b", 2)]);
  const all = (await read(store)).flatMap(({ events }) => events);
  for (const [index, { position }] of all.entries()) {
    const pages = await read(store, { after: position });
    expect(idsOf(pages)).toEqual(all.slice(index + 1).map(({ event }) => event.id));
    expect(pages.at(-1)).toMatchObject({ position: all.at(-1)?.position, isCaughtUp: true });
  }
});

test("filters skip events, and the position covers them", async () => {
  await using store = await FileEventStore.open(path);
  for (const actorId of ["a-1", "a-2", "b-1"]) await store.saveEvents([1, 2].map((version) => saved(actorId, version)));
  const last = await store.getLatestPosition();
  const wanted: readonly [FeedOptions<Event>, readonly string[]][] = [
    [{ eventTypes: ["Even"] }, ["a-1/2", "a-2/2", "b-1/2"]],
    [{ actorIdPrefix: "a-", eventTypes: ["Odd"] }, ["a-1/1", "a-2/1"]],
    [{ partition: partitionOf("b-1"), actorIdPrefix: "b" }, ["b-1/1", "b-1/2"]],
    [{ eventTypes: [] }, []],
  ];
  for (const [options, ids] of wanted) {
    const pages = await read(store, options);
    expect(idsOf(pages)).toEqual(ids);
    expect(pages.at(-1)).toMatchObject({ position: last, isCaughtUp: true });
  }
});

test("a follower receives what any store saves, and ends when its loop is left", async () => {
  await using store = await FileEventStore.open(path);
  await using other = await FileEventStore.open(path);
  const pages = store.readFeed({ follow: true, actorIdPrefix: "a" })[Symbol.asyncIterator]();
  const next = async (): Promise<FeedPage> => (await pages.next()).value as FeedPage;
  expect(await next()).toEqual({ events: [], errors: [], position: undefined, isCaughtUp: true });
  for (const [round, writer] of [store, other, store, other].entries()) {
    const pending = next();
    const { position } = await writer.saveEvent(saved("a", round + 1));
    expect(await pending).toMatchObject({ events: [{ event: { version: round + 1 }, position }], isCaughtUp: true });
  }
  const { position } = await other.saveEvent(saved("b", 1));
  expect(await next()).toMatchObject({ events: [], position, isCaughtUp: true });
  const pending = next();
  await pages.return?.();
  expect(await pending).toBeUndefined();
});

test("an abort ends a waiting follower with its reason, and close with an error", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const store = await FileEventStore.open(path);
  const follow = async (signal?: AbortSignal): Promise<void> => {
    for await (const _ of store.readFeed({ follow: true, signal })) queueMicrotask(() => controller.abort(reason));
  };
  const closed = follow();
  await expect(follow(controller.signal)).rejects.toBe(reason);
  await Promise.all([expect(closed).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" }), store.close()]);
});

test("followers and saves of one store do not disturb each other", async () => {
  await using store = await FileEventStore.open(path);
  const followers = [1, 2, 3].map(async () => {
    const ids: string[] = [];
    for await (const { events } of store.readFeed({ follow: true })) {
      ids.push(...events.map(({ event }) => event.id));
      if (ids.length === 60) return ids;
    }
    return [];
  });
  await Promise.all(Array.from({ length: 60 }, (_, index) => store.saveEvent(saved(`a-${index}`, 1))));
  const expected = idsOf(await read(store));
  expect(expected.length).toBe(60);
  for (const follower of followers) expect(await follower).toEqual(expected);
});

test("torn and rejected commits are not in the feed, and malformed records are reported", async () => {
  await using store = await FileEventStore.open(path);
  const bytes = Uint8Array.of(0xff, 0x7b);
  await appendFile(path, Buffer.concat([Buffer.from("\x1e"), bytes, Buffer.from("\n")]));
  await store.saveEvent(saved("a", 1));
  const timestamp = "2026-01-01T00:00:00Z";
  const commit = { id: "x", actorId: "a", events: [{ ...saved("a", 1), id: "other", timestamp }] };
  const empty = JSON.stringify({ ...commit, events: [] });
  await appendFile(path, `\x1e${JSON.stringify(commit)}\n\x1e${empty}\nno record\n\x1e{"id":"torn"`);
  await store.saveEvent(saved("b", 1));
  const pages = await read(store);
  const errors = pages.flatMap((page) => page.errors);
  expect(idsOf(pages)).toEqual(["a/1", "b/1"]);
  expect(errors.map(({ raw }) => raw)).toEqual([bytes, new TextEncoder().encode(empty)]);
  expect(await store.getLatestPosition()).toBe(pages.at(-1)?.position);
  const rest = await read(store, { after: errors[0]?.position, eventTypes: [] });
  expect(rest.flatMap((page) => page.errors)).toEqual([errors[1]]);
});

test("a record that is not UTF-8 is never changed into one that is", async () => {
  await using store = await FileEventStore.open(path);
  const timestamp = "2026-01-01T00:00:00Z";
  const text = JSON.stringify({
    id: "x",
    actorId: "a",
    events: [{ ...saved("a", 1), data: { text: "é" }, timestamp }],
  });
  await appendFile(path, Buffer.from(`\x1e${text}\n`, "latin1"));
  expect(await store.getEvents("a")).toEqual([]);
  expect((await read(store)).flatMap(({ errors }) => errors)).toHaveLength(1);
});

test("positions of another file, of a new file and from after a restored backup are detected", async () => {
  const save = async (file: string, ...versions: readonly number[]): Promise<readonly Position[]> => {
    await using store = await FileEventStore.open(file);
    return Promise.all(versions.map(async (version) => (await store.saveEvent(saved("a", version))).position));
  };
  const resume = async (file: string, after: Position | undefined): Promise<readonly string[]> => {
    await using store = await FileEventStore.open(file);
    return idsOf(await read(store, { after }));
  };
  const reset = { code: "AETHER_STREAM_RESET", streamName: expect.stringContaining("events") };
  const [first, second] = await save(path, 1, 2);
  const backup = `${path}.copy`;
  const wholeLength = (await readFile(path)).length;
  await copyFile(path, backup);
  const [third] = await save(path, 3);
  expect(await resume(path, third)).toEqual([]);
  // Restored: the earlier positions are valid, the later ones are not, whatever was written since.
  await copyFile(backup, path);
  expect(await resume(path, second)).toEqual([]);
  await expect(resume(path, third)).rejects.toMatchObject(reset);
  await save(path, 4);
  expect(await resume(path, second)).toEqual(["a/4"]);
  await expect(resume(path, third)).rejects.toMatchObject(reset);
  expect((await readFile(path)).length).toBeGreaterThan(wholeLength);
  // Another file with the same events, even with the same ids, has other positions.
  await truncate(path, 0);
  const again = await save(path, 1, 2);
  expect(again[0]?.slice(0, 16)).toBe(first?.slice(0, 16));
  await expect(resume(path, second)).rejects.toMatchObject(reset);
});

test("every actor with events is listed once, including those that another store has saved", async () => {
  await using store = await FileEventStore.open(path);
  await using other = await FileEventStore.open(path);
  const ids = ["a", "b", "__proto__", "é💥", "a-1"];
  for (const [index, id] of ids.entries()) await (index % 2 === 0 ? store : other).saveEvent(saved(id, 1));
  const listed: string[] = [];
  for await (const id of store.listActors()) listed.push(id);
  expect(listed.sort()).toEqual([...ids].sort());
  const prefixed: string[] = [];
  for await (const id of other.listActors({ actorIdPrefix: "a" })) prefixed.push(id);
  expect(prefixed.sort()).toEqual(["a", "a-1"]);
});
