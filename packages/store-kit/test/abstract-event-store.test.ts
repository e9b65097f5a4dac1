import type { EventStored, FeedPage, NewEvent } from "@aether/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { AbstractEventStore, eventDefaults, type OpenFeedRange, type StoreBaseOptions } from "../src/index.ts";
import { SlowStore } from "./support/slow-store.ts";

const event = (version: number): NewEvent => ({ actorId: "a", version, eventType: "Tested", data: {} });
const reason = new Error("enough");
/** Lets everything run that waits for nothing but other promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

let controller: AbortController;
beforeEach(() => {
  controller = new AbortController();
});

describe("calls in turn", () => {
  const inTurn: StoreBaseOptions = { inTurn: true };

  test("run one at a time, in the order of the calls", async () => {
    const store = new SlowStore(inTurn);
    const calls = Promise.all([store.saveEvent(event(1)), store.getEvents("a"), store.saveEvent(event(2))]);
    const begun: string[][] = [];
    for (let index = 0; index < 3; index++) {
      await settle();
      begun.push([...store.log]);
      store.steps[index]?.end();
    }
    await calls;
    expect(begun.map((steps) => steps.length)).toEqual([1, 2, 3]);
    expect(store.log).toEqual(["append 1", "read a", "append 2"]);
  });

  test("an aborted call leaves the queue at once, its work never runs, and later calls keep their turn", async () => {
    const store = new SlowStore(inTurn);
    const first = store.saveEvent(event(1));
    const aborted = store.saveEvent(event(2), controller);
    const last = store.saveEvent(event(3));
    await settle();
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await settle();
    expect(store.log).toEqual(["append 1"]);
    store.steps[0]?.end();
    await first;
    await settle();
    store.steps[1]?.end();
    await last;
    expect(store.log).toEqual(["append 1", "append 3"]);
  });

  test("a failed call does not affect the next one", async () => {
    const store = new SlowStore(inTurn);
    const [failed, next] = [store.saveEvent(event(1)), store.saveEvent(event(1))];
    await settle();
    store.steps[0]?.fail(reason);
    await expect(failed).rejects.toBe(reason);
    await settle();
    store.steps[1]?.end();
    expect((await next).version).toBe(1);
  });
});

describe("a call that is aborted while it runs", () => {
  test("ends at once if it is a read, and close still waits for its work", async () => {
    const store = new SlowStore();
    const read = store.getEvents("a", 0, controller);
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
    const closed = store.close();
    await settle();
    expect(store.log).toEqual(["read a"]);
    store.steps[0]?.end();
    await closed;
    expect(store.log).toEqual(["read a", "release"]);
  });

  test("reports its true outcome if it is a save", async () => {
    const store = new SlowStore();
    const save = store.saveEvent(event(1), controller);
    controller.abort(reason);
    await settle();
    store.steps[0]?.end();
    expect((await save).version).toBe(1);
  });

  test("leaves no listener on the signal", async () => {
    const store = new SlowStore({ inTurn: true });
    const add = vi.spyOn(controller.signal, "addEventListener");
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    const call = store.getEvents("a", 0, controller);
    await settle();
    store.steps[0]?.end();
    await call;
    await settle();
    expect(add).toHaveBeenCalled();
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });
});

describe("a lazy read", () => {
  test("is begun by the first request, and freed when the loop ends, for any reason", async () => {
    const store = new SlowStore();
    const iterator = store.readEvents("a", { limit: 2 })[Symbol.asyncIterator]();
    expect(store.log).toEqual([]);
    for (const version of [1, 2]) {
      const next = iterator.next();
      await settle();
      store.steps[version - 1]?.end();
      expect((await next).value?.version).toBe(version);
    }
    expect((await iterator.next()).done).toBe(true);
    expect(store.log).toEqual(["begin stream a 2", "stream 1", "stream 2", "free stream"]);
    const left = store.readEvents("a")[Symbol.asyncIterator]();
    const next = left.next();
    await settle();
    store.steps[2]?.end();
    await next;
    await left.return?.();
    expect(store.log.slice(4)).toEqual([`begin stream a ${Number.MAX_SAFE_INTEGER}`, "stream 1", "free stream"]);
  });

  test("rejects at once if the signal is aborted during a step, and is freed after the step", async () => {
    const store = new SlowStore();
    const iterator = store.readEvents("a", controller)[Symbol.asyncIterator]();
    const next = iterator.next();
    await settle();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect((await iterator.next()).done).toBe(true);
    expect(store.log).not.toContain("free stream");
    const closed = store.close();
    await settle();
    store.steps[0]?.end();
    await closed;
    expect(store.log.slice(-2)).toEqual(["free stream", "release"]);
  });

  test("is freed by close before the resources are released, and then rejects", async () => {
    const store = new SlowStore();
    const iterator = store.readEvents("a")[Symbol.asyncIterator]();
    const next = iterator.next();
    await settle();
    store.steps[0]?.end();
    await next;
    await store.close();
    expect(store.log.slice(-2)).toEqual(["free stream", "release"]);
    await expect(iterator.next()).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  });
});

describe("a read of the feed", () => {
  /** Yields a page after each step that took its turn. */
  class FeedStore extends SlowStore {
    override readonly supports = { feed: true, listing: true, durable: false, shared: false };
    protected override async *readPages({ signal }: OpenFeedRange): AsyncGenerator<FeedPage> {
      try {
        for (let page = 1; ; page++) {
          await this.takeTurn(() => this.step(`page ${page}`), signal);
          yield { events: [], errors: [], position: undefined, isCaughtUp: true };
        }
      } finally {
        await settle();
        this.log.push("free feed");
      }
    }
    protected override *listIds(): Generator<string> {
      yield* ["a-1", "b-1", "a-2"];
    }
  }

  test("takes its turn between the other calls, and holds none while its reader is busy", async () => {
    const store = new FeedStore({ inTurn: true });
    const pages = store.readFeed()[Symbol.asyncIterator]();
    const calls = [store.saveEvent(event(1)), pages.next(), store.saveEvent(event(2))];
    for (let index = 0; index < 3; index++) {
      await settle();
      expect(store.steps).toHaveLength(index + 1);
      store.steps[index]?.end();
    }
    await Promise.all(calls);
    expect(store.log.sort()).toEqual(["append 1", "append 2", "page 1"]);
  });

  test("leaves the queue at once when its loop ends, and the other calls keep their turn", async () => {
    const store = new FeedStore({ inTurn: true });
    const save = store.saveEvent(event(1));
    const pages = store.readFeed()[Symbol.asyncIterator]();
    const pending = pages.next();
    await settle();
    await pages.return?.();
    expect((await pending).done).toBe(true);
    store.steps[0]?.end();
    await save;
    expect(store.log).toEqual(["append 1", "free feed"]);
  });

  test("is ended by close before the resources are released, whether a page is awaited or not", async () => {
    for (const isAwaited of [true, false]) {
      const store = new FeedStore();
      const pages = store.readFeed({ follow: true })[Symbol.asyncIterator]();
      const first = pages.next();
      await settle();
      store.steps[0]?.end();
      await first;
      const pending = isAwaited ? pages.next() : undefined;
      const outcome = pending?.catch((error: unknown) => error);
      await settle();
      const closed = store.close();
      await settle();
      store.steps[1]?.end();
      await closed;
      expect(store.log.slice(-2)).toEqual(["free feed", "release"]);
      expect(await (outcome ?? pages.next().catch((error: unknown) => error))).toMatchObject({
        code: "AETHER_STORE_CLOSED",
      });
    }
  });

  test("needs the capability, and reports errors in the order of the contract, by the loop", async () => {
    const first = (values: AsyncIterable<unknown>) => values[Symbol.asyncIterator]().next();
    const store = new SlowStore();
    await expect(first(store.readFeed())).rejects.toMatchObject({ capability: "feed" });
    await expect(store.getLatestPosition()).rejects.toMatchObject({ capability: "feed" });
    await expect(first(store.listActors())).rejects.toMatchObject({ capability: "listing" });
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(first(store.readFeed(aborted))).rejects.toBe(reason);
    await expect(first(store.listActors(aborted))).rejects.toBe(reason);
    await store.close();
    await expect(first(store.readFeed(aborted))).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
    await expect(first(store.listActors({ actorIdPrefix: 5 as never }))).rejects.toMatchObject({
      argument: "options.actorIdPrefix",
    });
  });

  test("a list has only the ids with the prefix", async () => {
    const ids: string[] = [];
    for await (const id of new FeedStore().listActors({ actorIdPrefix: "a-" })) ids.push(id);
    expect(ids).toEqual(["a-1", "a-2"]);
  });
});

test("close waits for the calls in flight, releases the resources once, and never rejects", async () => {
  class Stuck extends SlowStore {
    protected override async release(): Promise<void> {
      await super.release();
      throw reason;
    }
  }
  const store = new Stuck();
  const save = store.saveEvent(event(1));
  const closed = Promise.all([store.close(), store.close()]);
  await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  await settle();
  expect(store.log).toEqual(["append 1"]);
  store.steps[0]?.end();
  await Promise.all([save, closed]);
  await store[Symbol.asyncDispose]();
  expect(store.log).toEqual(["append 1", "release"]);
});

test("errors are reported in the order of the contract, and undeclared capabilities last", async () => {
  const store = new SlowStore();
  const bad = { signal: 5 } as never;
  const aborted = { signal: AbortSignal.abort(reason) };
  const snapshot = { actorId: "a", version: 1, state: {} };
  await expect(store.saveSnapshot(snapshot, bad)).rejects.toMatchObject({ argument: "options.signal" });
  await expect(store.saveSnapshot({ ...snapshot, version: 0 })).rejects.toMatchObject({ argument: "snapshot.version" });
  await expect(store.getEventsWithErrors("a", 0, aborted)).rejects.toBe(reason);
  const unsupported = [
    [store.getEventsWithErrors("a"), "replayErrors"],
    [store.saveSnapshot(snapshot), "snapshots"],
    [store.getLatestSnapshot("a"), "snapshots"],
  ] as const;
  for (const [call, capability] of unsupported)
    await expect(call).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED", capability });
  class Plain extends SlowStore {
    override readonly supports = { durable: false, shared: false };
  }
  const plain = new Plain();
  await expect(plain.saveEvents([])).rejects.toMatchObject({ capability: "batch" });
  await expect(plain.readEvents("a")[Symbol.asyncIterator]().next()).rejects.toMatchObject({ capability: "streaming" });
  await store.close();
  await expect(store.getEvents("a", 0, bad)).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT" });
  await expect(store.getEventsWithErrors("a", 0, aborted)).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
});

test("invalid options are rejected by the constructor", () => {
  for (const options of [null, 7, { bus: {} }, { busNamespace: "" }])
    expect(() => new SlowStore(options as never)).toThrow(expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT" }));
  expect(new SlowStore()).toBeInstanceOf(AbstractEventStore);
});

test("stored events are announced in version order, even if their saves end in another order", async () => {
  const announced: EventStored[] = [];
  const publish = async (_: string, stored: EventStored): Promise<void> => void announced.push(stored);
  const store = new SlowStore({ bus: { publish } });
  const saves = [3, 1, 2].map((version) => store.saveEvent(event(version)));
  const versions = () => announced.map(({ version }) => version);
  store.steps[0]?.end();
  await saves[0];
  expect(versions()).toEqual([]);
  store.steps[1]?.end();
  await saves[1];
  await settle();
  expect(versions()).toEqual([1]);
  store.steps[2]?.fail(reason);
  await expect(saves[2]).rejects.toBe(reason);
  await store.close();
  expect(versions()).toEqual([1, 3]);
});

test("the default ids are random UUIDs, even where crypto.randomUUID is missing", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(eventDefaults.newId()).toMatch(uuid);
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const ids = Array.from({ length: 100 }, () => eventDefaults.newId());
  vi.unstubAllGlobals();
  for (const id of ids) expect(id).toMatch(uuid);
  expect(new Set(ids).size).toBe(100);
});
