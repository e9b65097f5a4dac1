import type { FeedOptions, FeedPage, NewEvent, Position } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryEventStore } from "../src/index.ts";

const event = (actorId: string, version: number): NewEvent => ({
  id: `${actorId}/${version}`,
  actorId,
  version,
  eventType: version % 2 === 0 ? "Even" : "Odd",
  data: { version },
});

async function read(store: MemoryEventStore, options: FeedOptions = {}): Promise<readonly FeedPage[]> {
  const pages: FeedPage[] = [];
  for await (const page of store.readFeed(options)) pages.push(page);
  return pages;
}
const idsOf = (pages: readonly FeedPage[]): readonly string[] =>
  pages.flatMap(({ events }) => events.map((stored) => stored.event.id));

/** Stores batches of the given sizes, each of an actor of its own. Returns the positions of the events. */
async function storeOf(sizes: readonly number[]): Promise<readonly [MemoryEventStore, readonly Position[]]> {
  const store = new MemoryEventStore();
  const positions: Position[] = [];
  for (const [batch, size] of sizes.entries()) {
    const events = Array.from({ length: size }, (_, index) => event(`a-${batch}`, index + 1));
    positions.push(...(await store.saveEvents(events)).map(({ position }) => position));
  }
  return [store, positions];
}

test("any read returns what a filter of all events returns, from any position", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 });
  const filters = fc.record(
    {
      eventTypes: fc.subarray(["Odd", "Even", "Other"]),
      actorIdPrefix: fc.constantFrom("a-", "a-1", "b"),
      partition: fc.integer({ min: 0, max: 15 }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(sizes, filters, fc.nat(), async (batches, options, from) => {
      const [store, positions] = await storeOf(batches);
      const all = (await read(store)).flatMap(({ events }) => events);
      expect(all.map(({ position }) => position)).toEqual(positions);
      expect(positions).toEqual([...positions].sort());
      const first = positions.length === 0 ? 0 : from % (positions.length + 1);
      const expected = all
        .slice(first)
        .filter(
          ({ event: { eventType, actorId } }) =>
            (options.eventTypes?.includes(eventType) ?? true) &&
            actorId.startsWith(options.actorIdPrefix ?? "") &&
            (options.partition === undefined || partitionOf(actorId) === options.partition),
        );
      const pages = await read(store, { ...options, after: positions[first - 1] });
      expect(pages.flatMap(({ events }) => events)).toEqual(expected);
      expect(pages.at(-1)).toMatchObject({ position: positions.at(-1), isCaughtUp: true });
      expect(await store.getLatestPosition()).toBe(positions.at(-1));
    }),
    { numRuns: 200 },
  );
});

test("a page has a thousand events, or one batch that is larger, and never a part of a batch", async () => {
  const [store] = await storeOf([999, 3, 2_500, 1, 998, 1]);
  const pages = await read(store);
  expect(pages.map(({ events }) => events.length)).toEqual([1_002, 2_500, 1_000]);
  expect(pages.map(({ isCaughtUp }) => isCaughtUp)).toEqual([false, false, true]);
});

test("reads share their events, which are frozen, but not their pages", async () => {
  const [store] = await storeOf([2]);
  const [[left], [right]] = [await read(store), await read(store)];
  expect(left?.events[0]).toBe(right?.events[0]);
  expect(left?.events[0]?.event).toBe((await store.getEvents("a-0"))[0]);
  for (const part of [left, left?.events, left?.errors, left?.events[0]]) expect(Object.isFrozen(part)).toBe(true);
});

test("a follower is woken by a save, in the same turn for all followers, and by no rejected save", async () => {
  const store = new MemoryEventStore();
  const followers = [1, 2, 3].map(() => store.readFeed({ follow: true })[Symbol.asyncIterator]());
  for (const follower of followers)
    expect((await follower.next()).value).toMatchObject({ events: [], isCaughtUp: true });
  const pending = followers.map((follower) => follower.next());
  let woken = 0;
  for (const next of pending) next.then(() => woken++);
  await store.saveEvents([]);
  await expect(store.saveEvent({ ...event("a", 1), eventType: "" })).rejects.toThrow();
  await new Promise(setImmediate);
  expect(woken).toBe(0);
  const [first] = await store.saveEvents([event("a", 1), event("a", 2)]);
  await expect(store.saveEvent(event("a", 1))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
  for (const next of pending) {
    const { value } = await next;
    expect(idsOf([value as FeedPage])).toEqual(["a/1", "a/2"]);
    expect((value as FeedPage).events[0]?.position).toBe(first?.position);
  }
  for (const follower of followers) await follower.return?.();
});

test("a follower that skips events gets their position", async () => {
  const store = new MemoryEventStore();
  const pages = store.readFeed({ follow: true, eventTypes: ["Other"] })[Symbol.asyncIterator]();
  await pages.next();
  const pending = pages.next();
  const { position } = await store.saveEvent(event("a", 1));
  expect((await pending).value).toEqual({ events: [], errors: [], position, isCaughtUp: true });
  await pages.return?.();
});

test("a read without follow ends beside a writer that never stops", async () => {
  const [store] = await storeOf([1, 1, 1]);
  const ids: string[] = [];
  for await (const page of store.readFeed()) {
    ids.push(...idsOf([page]));
    for (let version = 1; version <= 2_000; version++) await store.saveEvent(event(`late-${ids.length}`, version));
  }
  expect(ids).toEqual(["a-0/1", "a-1/1", "a-2/1"]);
});

test("positions of another store are rejected, whatever their number", async () => {
  const [store, own] = await storeOf([1, 2]);
  const [, others] = await storeOf([1, 2, 3]);
  const reset = { code: "AETHER_STREAM_RESET" };
  for (const after of others) await expect(read(store, { after })).rejects.toMatchObject(reset);
  const [head = "", ...tail] = (own[1] ?? "").split("-");
  for (const sequence of ["0000000000000000", "0000000000000001", "0000000000000003", "9007199254740991"]) {
    const after = [sequence, ...tail].join("-") as Position;
    await expect(read(store, { after })).rejects.toMatchObject(reset);
  }
  for (const index of ["0000002", "9999999"]) {
    const after = [head, index, ...tail.slice(1)].join("-") as Position;
    await expect(read(store, { after })).rejects.toMatchObject(reset);
  }
  expect(idsOf(await read(store, { after: own[1] }))).toEqual(["a-1/2"]);
});

test("actors are listed while others are added, each once", async () => {
  const store = new MemoryEventStore();
  for (let n = 0; n < 100; n++) await store.saveEvent(event(`a-${n}`, 1));
  const ids: string[] = [];
  for await (const id of store.listActors({ actorIdPrefix: "a-" })) {
    ids.push(id);
    if (ids.length <= 100) await store.saveEvent(event(`${id}`, 2));
    if (ids.length <= 50) await store.saveEvent(event(`b-${ids.length}`, 1));
  }
  expect(ids).toEqual(Array.from({ length: 100 }, (_, n) => `a-${n}`));
});
