import type { EventBroadcaster, EventStored, NewEvent } from "@aether/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { MemoryEventStore, memoryStoreSupports } from "../src/index.ts";

const event = (version: number, more: Partial<NewEvent> = {}): NewEvent => ({
  actorId: "a",
  version,
  eventType: "Tested",
  data: { n: version },
  ...more,
});
const versionsOf = (events: readonly { readonly version: number }[]): readonly number[] =>
  events.map(({ version }) => version);

test("missing ids become random UUIDs, missing timestamps the current time", async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 1, 2, 3, 4) });
  const store = new MemoryEventStore();
  const receipts = await store.saveEvents([event(1), event(2)]);
  vi.useRealTimers();
  for (const { id } of receipts)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(2);
  expect(receipts[0]?.timestamp).toBe("2026-11-24T01:02:03.004Z");
  expect((await store.getEvents("a")).map(({ id }) => id)).toEqual(receipts.map(({ id }) => id));
});

test("saves take effect in the order of the calls, before any promise settles", async () => {
  const store = new MemoryEventStore();
  const saves = await Promise.allSettled(["first", "second"].map((id) => store.saveEvent(event(1, { id }))));
  expect(saves.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

test("reads return the same events as a filter, from any version and with any gaps", async () => {
  const ascending = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 })
    .map((versions) => versions.sort((a, b) => a - b));
  const bound = fc.integer({ min: 0, max: 65 });
  const options = fc.record({
    fromVersion: bound,
    toVersion: bound,
    limit: fc.integer({ min: 0, max: 40 }),
    direction: fc.constantFrom("forward" as const, "backward" as const),
  });
  await fc.assert(
    fc.asyncProperty(ascending, options, async (versions, { fromVersion, toVersion, limit, direction }) => {
      const store = new MemoryEventStore();
      await store.saveEvents(versions.map((version) => event(version)));
      expect(versionsOf(await store.getEvents("a", fromVersion))).toEqual(
        versions.filter((version) => version >= fromVersion),
      );
      const within = versions.filter((version) => version >= fromVersion && version <= toVersion);
      const read: number[] = [];
      for await (const { version } of store.readEvents("a", { fromVersion, toVersion, limit, direction }))
        read.push(version);
      expect(read).toEqual((direction === "forward" ? within : within.reverse()).slice(0, limit));
    }),
  );
});

describe("lazy reads", () => {
  test("include the events that are stored when the first one is requested", async () => {
    const store = new MemoryEventStore();
    await store.saveEvents([event(1), event(2)]);
    const read: number[] = [];
    for await (const { version } of store.readEvents("a")) {
      read.push(version);
      await store.saveEvent(event(version + 10 * (read.length + 1)));
    }
    expect(read).toEqual([1, 2]);
  });

  test("end with the reason of an abort", async () => {
    const store = new MemoryEventStore();
    await store.saveEvents([event(1), event(2)]);
    const abort = new AbortController();
    const reason = new Error("enough");
    const read = (async () => {
      for await (const _ of store.readEvents("a", { signal: abort.signal })) abort.abort(reason);
    })();
    await expect(read).rejects.toBe(reason);
  });
});

test("close removes all events and rejects later calls, including lazy reads", async () => {
  const store = new MemoryEventStore();
  await store.saveEvent(event(1));
  const lazy = store.readEvents("a")[Symbol.asyncIterator]();
  await store.close();
  const closed = { code: "AETHER_STORE_CLOSED" };
  await expect(lazy.next()).rejects.toMatchObject(closed);
  await expect(store.saveEvents([])).rejects.toMatchObject(closed);
  await expect(store.getLatestSnapshot("a")).rejects.toMatchObject(closed);
});

test("stored events are announced, rejected ones are not, and close waits for the announcements", async () => {
  const announced: number[] = [];
  const bus = {
    publish: async (_namespace: string, { version }: { readonly version: number }) => {
      await Promise.resolve();
      announced.push(version);
    },
  } as unknown as EventBroadcaster<EventStored>;
  const store = new MemoryEventStore({ bus });
  await store.saveEvents([event(1), event(2)]);
  await expect(store.saveEvent(event(2))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
  await store.saveEvent(event(3));
  await store.close();
  expect(announced).toEqual([1, 2, 3]);
});

test("the manifest cannot be changed from outside", () => {
  expect(Object.isFrozen(memoryStoreSupports)).toBe(true);
  expect(new MemoryEventStore().supports).toBe(memoryStoreSupports);
});
