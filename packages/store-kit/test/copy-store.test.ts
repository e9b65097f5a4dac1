import { type Event, type FeedEventStore, OutcomeUnknownError, StoreUnavailableError } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { type CopyProgress, copyStore } from "../src/index.ts";
import { sameJson } from "../src/same-json.ts";
import { ListStore } from "./support/list-store.ts";
import { SlowStore } from "./support/slow-store.ts";

const event = (actorId: string, version: number, fields: Partial<Event> = {}): Event => ({
  id: `${actorId}/${version}`,
  actorId,
  version,
  eventType: "Saved",
  data: { list: [1, { a: null }], text: "x" },
  timestamp: "2026-01-01T00:00:00Z",
  ...fields,
});

/** Events of two actors, with a gap in the versions of one of them. */
const history = [
  event("a", 1),
  event("b", 3),
  event("a", 2, { metadata: { correlationId: "c" } }),
  event("b", 7),
  event("a", 3),
];

async function storeWith(events: readonly Event[]): Promise<ListStore> {
  const store = new ListStore();
  for (const each of events) await store.saveEvent(each);
  return store;
}

describe("a copy", () => {
  test("has every event once, in order, and is equal in every field", async () => {
    const source = await storeWith(history);
    const target = new ListStore();
    expect(await copyStore(source, target)).toEqual({ copied: 5, found: 0 });
    expect(target.all).toEqual(history);
    expect(await copyStore(source, target)).toEqual({ copied: 0, found: 5 });
  });

  test("of an empty store is empty", async () => {
    expect(await copyStore(new ListStore(), new ListStore())).toEqual({ copied: 0, found: 0 });
  });

  test.each([0, 1, 2, 3, 4])("that failed after %i events is resumed by the next call", async (count) => {
    const source = await storeWith(history);
    const target = new ListStore();
    const failure = new StoreUnavailableError({ operation: "save events", reason: "the disk is full" });
    target.beforeSave = () => {
      if (target.all.length === count) throw failure;
    };
    await expect(copyStore(source, target)).rejects.toBe(failure);
    target.beforeSave = () => {};
    expect(await copyStore(source, target)).toEqual({ copied: 5 - count, found: count });
    expect(target.all).toEqual(history);
  });

  test("is resumed after a save whose outcome was unknown, but that was stored", async () => {
    const source = await storeWith(history);
    const target = new ListStore();
    target.afterSave = ({ actorId, id }) => {
      if (id === "a/2") throw new OutcomeUnknownError({ actorId, eventIds: [id], cause: undefined });
    };
    await expect(copyStore(source, target)).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    expect(await copyStore(source, target)).toEqual({ copied: 2, found: 3 });
    expect(target.all).toEqual(history);
  });

  test("receives later events of the source with the next call", async () => {
    const source = await storeWith(history.slice(0, 2));
    const target = new ListStore();
    target.afterSave = () => {
      target.afterSave = () => {};
      source.all.push(history[2] as Event);
    };
    expect(await copyStore(source, target)).toEqual({ copied: 2, found: 0 });
    expect(await copyStore(source, target)).toEqual({ copied: 1, found: 2 });
  });

  test("may be made by two calls at the same time, of which each counts the events that it has saved", async () => {
    const source = await storeWith(history);
    const target = new ListStore();
    const results = await Promise.all([copyStore(source, target), copyStore(source, target)]);
    expect(target.all).toEqual(history);
    for (const { copied, found } of results) expect(copied + found).toBe(5);
    expect(results.reduce((sum, { copied }) => sum + copied, 0)).toBe(5);
  });

  test.each(["when it begins", "while it verifies"])("may meet later events of another call %s", async (moment) => {
    const source = await storeWith(history);
    const target = await storeWith(moment === "when it begins" ? history : history.slice(0, 4));
    const copyLaterEvent = (): void => {
      for (const { all } of [source, target]) all.push(event("c", all.length));
    };
    if (moment === "while it verifies") target.afterSave = copyLaterEvent;
    else {
      const { readFeed } = source;
      vi.spyOn(source, "readFeed").mockImplementationOnce(async function* (options) {
        for await (const page of readFeed.call(source, options)) {
          // The read of the source has begun, and ends with the events until now.
          if (source.all.length === history.length) copyLaterEvent();
          yield page;
        }
      });
    }
    expect(await copyStore(source, target)).toMatchObject({ found: moment === "when it begins" ? 5 : 4 });
    expect(target.all).toEqual([...history, event("c", 5)]);
  });

  test("ends when its signal is aborted", async () => {
    const target = new ListStore();
    const stop = new AbortController();
    target.afterSave = () => stop.abort(new Error("stopped"));
    const source = await storeWith(history);
    await expect(copyStore(source, target, { signal: stop.signal })).rejects.toThrow("stopped");
    expect(target.all).toEqual(history.slice(0, target.all.length));
    expect(target.all.length).toBeLessThan(history.length);
  });

  test("reports its progress", async () => {
    const source = await storeWith(Array.from({ length: 2_500 }, (_, index) => event("a", index + 1)));
    const reports: CopyProgress[] = [];
    const target = await storeWith(source.all.slice(0, 1_500));
    await copyStore(source, target, { onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([
      { copied: 0, found: 1_000 },
      { copied: 500, found: 1_500 },
    ]);
  });
});

describe("a target is rejected and not changed", () => {
  const text = { data: { list: [1, { a: null }], text: "y" } };
  test.each<[string, readonly Event[], string]>([
    ["has another first event", [event("c", 1)], 'has event "c/1" of "c", version 1 where the source has event "a/1"'],
    ["has an event in another place", [event("a", 1), event("a", 2)], 'where the source has event "b/3"'],
    ["has other contents", [event("a", 1, text)], "or with other contents"],
    ["has an event with another timestamp", [event("a", 1, { timestamp: "2026-01-01T00:00:01Z" })], "other contents"],
    ["has more events", [...history, event("c", 1)], 'event "c/1" of "c", version 1, which the source does not have'],
  ])("if it %s", async (_, events, reason) => {
    const target = await storeWith(events);
    await expect(copyStore(await storeWith(history), target)).rejects.toMatchObject({
      code: "AETHER_INVALID_ARGUMENT",
      argument: "to",
      reason: expect.stringContaining(reason),
    });
    expect(target.all).toEqual(events);
  });
});

describe("the verification detects", () => {
  const badTarget = (reason: string) => ({
    code: "AETHER_INVALID_ARGUMENT",
    argument: "to",
    reason: expect.stringContaining(reason),
  });

  test.each<[string, (target: ListStore) => void, string]>([
    ["a lost event", ({ all }) => all.pop(), "although it was saved"],
    ["an altered event", ({ all }) => all.splice(3, 1, event("b", 7, { data: {} })), "other contents"],
    ["an exchanged order", ({ all }) => all.splice(3, 2, history[4] as Event, history[3] as Event), "where the source"],
    ["an event of another writer", ({ all }) => all.push(event("c", 1)), "this call has not copied"],
  ])("%s", async (_, damage, reason) => {
    const target = await storeWith(history.slice(0, 2));
    target.afterSave = ({ id }) => {
      if (id === "a/3") damage(target);
    };
    await expect(copyStore(await storeWith(history), target)).rejects.toMatchObject(badTarget(reason));
  });

  test("a conflict with another writer", async () => {
    const target = new ListStore();
    target.afterSave = () => {
      target.afterSave = () => {};
      target.all.push(event("b", 9));
    };
    const copying = copyStore(await storeWith(history), target);
    await expect(copying).rejects.toMatchObject(badTarget('version 9 of "b", but not event "b/3"'));
  });
});

test.each([
  ["source", 3],
  ["target", 1],
])("a malformed record of the %s ends the copy after the events before it", async (name, index) => {
  const source = await storeWith(history);
  const target = await storeWith(history.slice(0, 2));
  (name === "source" ? source : target).malformed.add(index);
  await expect(copyStore(source, target)).rejects.toMatchObject({
    code: "AETHER_INVALID_EVENT",
    reason: expect.stringMatching(new RegExp(`^is malformed: the record at 0+${index}-.* of the ${name}$`)),
    cause: new Error("damaged"),
  });
  expect(target.all).toEqual(history.slice(0, name === "source" ? 3 : 2));
});

test("unsuitable arguments are rejected", async () => {
  const store = new ListStore();
  const withoutFeed = new SlowStore() as unknown as FeedEventStore;
  await expect(copyStore(store, store)).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument: "to" });
  for (const [from, to] of [
    [store, withoutFeed],
    [withoutFeed, store],
  ] as const) {
    await expect(copyStore(from, to)).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED", capability: "feed" });
  }
  const argument = "options.onProgress";
  await expect(copyStore(store, new ListStore(), { onProgress: 7 as never })).rejects.toMatchObject({ argument });
});

test.each<[unknown, unknown, boolean]>([
  [{ a: 1, b: [2] }, { b: [2], a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1, b: 2 }, { a: 1, c: 2 }, false],
  [[1, 2], [2, 1], false],
  [[1], [1, 1], false],
  [[], {}, false],
  [{}, null, false],
  [JSON.parse('{"__proto__":1}'), {}, false],
  [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}'), true],
  ["1", 1, false],
])("%j and %j are the same: %s", (left, right, isSame) => {
  expect(sameJson(left, right)).toBe(isSame);
  expect(sameJson(right, left)).toBe(isSame);
});
