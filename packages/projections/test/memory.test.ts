import { type FeedEventStore, StoreUnavailableError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { defineProjection } from "../src/index.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";
import { all, setUp } from "./support.ts";

const inMemory = { documents: undefined };

test("builds the documents from the first event, and reads its own writes", async () => {
  const { place, pay, cancel, run } = setUp();
  await place("o-1", "c-1", "lamp");
  await place("o-2", "c-1");
  const [byOrder, byCustomer] = [await run(orders, inMemory), await run(customers, inMemory)];
  expect(byOrder.status).toMatchObject({ state: "running", isCaughtUp: true, handledEvents: 2 });
  expect(await byOrder.get("o-1")).toEqual({ status: "placed", paid: 0, skus: ["lamp"] });
  const receipt = await pay("o-2", 2, 5);
  expect(await byCustomer.get("c-1", { atLeast: receipt })).toEqual({ orders: 2, paid: 5 });
  await cancel("o-1", 2);
  await byOrder.drain();
  expect(await all(byOrder)).toEqual({ "o-2": { status: "paid", paid: 5, skus: [] } });
  expect(Object.isFrozen((await byOrder.get("o-2"))?.skus)).toBe(true);
});

test("starts on an empty store", async () => {
  const { place, run } = setUp();
  const running = await run(orders, inMemory);
  expect(await all(running)).toEqual({});
  expect(await running.get("o-1", { atLeast: await place("o-1", "c-1") })).toBeDefined();
});

test("watch reports documents, deletions and later changes", async () => {
  const { place, pay, cancel, run } = setUp();
  await place("o-1", "c-1");
  await place("p-1", "c-1");
  const running = await run(orders, inMemory);
  const changes: unknown[] = [];
  for await (const change of running.watch({ idPrefix: "o-" })) {
    changes.push(change.type === "put" ? [change.id, change.document.paid] : change.type);
    if (change.type === "current") {
      await place("o-2", "c-1");
      await running.waitFor(await cancel("o-2", 2));
      await pay("p-1", 2, 1);
      await pay("o-1", 2, 5);
    }
    if (change.type === "put" && change.document.paid === 5) await cancel("o-1", 3);
    if (change.type === "delete") break;
  }
  expect(changes).toEqual([["o-1", 0], "current", ["o-1", 5], "delete"]);
});

test("an error of onStatus is shown in the status, and stops nothing", async () => {
  const { place, run } = setUp();
  const onStatus = (): void => {
    throw new Error("no metrics");
  };
  const running = await run(orders, { ...inMemory, onStatus });
  await running.waitFor(await place("o-1", "c-1"));
  expect(running.status).toMatchObject({ state: "running", problem: "no metrics" });
});

test("stops at a malformed record, with its position", async () => {
  const { store, run, place } = setUp();
  await place("o-1", "c-1");
  const { position } = await place("o-2", "c-1");
  const cause = new Error("malformed");
  const readFeed: typeof store.readFeed = async function* (options) {
    const errors = [{ position, raw: new Uint8Array(), cause }];
    for await (const page of store.readFeed(options)) yield { ...page, events: page.events.slice(0, 1), errors };
  };
  const malformed = Object.create(store, { readFeed: { value: readFeed } }) as typeof store;
  await expect(run(orders, { ...inMemory, store: malformed })).rejects.toMatchObject({ position, cause });
});

test("a read may wait for longer than a timer can", async () => {
  const { place, run } = setUp();
  const running = await run(orders, inMemory);
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  const receipt = await place("o-1", "c-1");
  expect(await running.get("o-1", { atLeast: receipt, timeoutMs: Number.MAX_SAFE_INTEGER })).toBeDefined();
  for (const [, ms] of setTimer.mock.calls) expect(ms).toBeLessThan(2 ** 31);
});

test("a read does not end at a position of a store that was created again", async () => {
  const { store, place, run } = setUp();
  await place("o-1", "c-1");
  await place("o-2", "c-1");
  let current = store;
  // The feed that the projection follows has not noticed yet that the store was created again.
  const readFeed: typeof store.readFeed = (options) => (options?.follow ? store : current).readFeed(options);
  const recreated = Object.create(store, { readFeed: { value: readFeed } }) as typeof store;
  const running = await run(orders, { ...inMemory, store: recreated });
  current = new MemoryEventStore<OrderEvent>();
  const data = { customerId: "c-1", lines: [] };
  const receipt = await current.saveEvent({ actorId: "o-3", version: 1, eventType: "OrderPlaced", data });
  await expect(running.get("o-3", { atLeast: receipt })).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
});

test("reads never hang", async () => {
  const { place, run } = setUp();
  const running = await run(orders, inMemory);
  const { position } = await place("o-1", "c-1");
  const other = new MemoryEventStore<OrderEvent>();
  const foreign = await other.saveEvent({ actorId: "a", version: 1, eventType: "OrderPaid", data: { amount: 1 } });
  await place("o-2", "c-1");
  await expect(running.get("o-1", { atLeast: foreign })).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  const later = position.replace(/^\d{16}/, (digits) =>
    String(Number(digits) + 5).padStart(16, "0"),
  ) as typeof position;
  await expect(running.get("o-1", { atLeast: later, timeoutMs: 20 })).rejects.toMatchObject({
    code: expect.stringMatching(/^AETHER_(WAIT_TIMED_OUT|STREAM_RESET)$/),
  });
  const reason = new Error("enough");
  await expect(running.get("o-1", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const waits = running.get("o-1", { atLeast: later }).catch((error: unknown) => error);
  await running.stop();
  await waits;
  await expect(running.get("o-1", { atLeast: foreign })).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  await expect(
    (async () => {
      for await (const change of running.watch()) void change;
    })(),
  ).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
});

const broken = defineProjection<OrderEvent, object>({
  name: "broken",
  version: 1,
  evolve: {
    OrderPlaced: () => {
      throw new Error("broken");
    },
  },
});

test("an error of the definition stops it", async () => {
  const { place, run } = setUp();
  const running = await run(broken, inMemory);
  const { position } = await place("o-1", "c-1");
  await expect(running.get("o-1", { atLeast: position })).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_STOPPED",
    position,
    cause: { code: "AETHER_PROJECTION_FAILED", documentId: "o-1" },
  });
  await expect(running.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  expect(running.status).toMatchObject({
    state: "failed",
    problem: expect.stringMatching(/^processor "broken" has failed/),
  });
  await expect(run(broken, inMemory)).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
});

test("a failure after the start is printed if nothing else reports it", async () => {
  const { place, run } = setUp();
  const print = vi.spyOn(console, "error").mockImplementation(() => {});
  const running = await run(broken, inMemory);
  await place("o-1", "c-1");
  await vi.waitFor(() => expect(running.status.state).toBe("failed"));
  expect(print.mock.calls).toEqual([[expect.stringMatching(/^@aether: processor "broken" has failed/)]]);
  await expect(run(broken, inMemory)).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  expect(print).toHaveBeenCalledTimes(1);
  print.mockRestore();
});

test("continues after the store was unavailable, without handling an event twice", async () => {
  const { store, place, pay, run } = setUp();
  await place("o-1", "c-1");
  await pay("o-1", 2, 5);
  let failures = 0;
  const failing = new Proxy(store, {
    get: (target, key) => {
      if (key === "getEvents") {
        return async (...args: Parameters<FeedEventStore["getEvents"]>) => {
          if (failures++ === 0) throw new StoreUnavailableError({ operation: "read", reason: "test" });
          return target.getEvents(...args);
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const lookup = defineProjection<OrderEvent, { count: number }>({
    name: "lookup",
    version: 1,
    readsDocuments: true,
    documentId: async (event, { history, read }) => {
      if (event.eventType === "OrderPaid") await history();
      return (await read("all"))?.count === 7 ? undefined : "all";
    },
    evolve: {
      OrderPlaced: (document) => ({ count: (document?.count ?? 0) + 1 }),
      OrderPaid: (document) => ({ count: (document?.count ?? 0) + 1 }),
    },
  });
  const running = await run(lookup, { ...inMemory, store: failing });
  expect(failures).toBe(2);
  expect(await all(running)).toEqual({ all: { count: 2 } });
});

test("documents in memory cannot be divided", async () => {
  const { run } = setUp();
  await expect(run(orders, { ...inMemory, partitions: 16 })).rejects.toMatchObject({ argument: "options.partitions" });
  const aborted = AbortSignal.abort(new Error("enough"));
  await expect(run(orders, { ...inMemory, signal: aborted })).rejects.toThrow("enough");
});
