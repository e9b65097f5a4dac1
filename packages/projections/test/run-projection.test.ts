import { abortable, type DocumentStore } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { collectionOf } from "../src/documents/stored-projection.ts";
import { defineProjection, runProjection } from "../src/index.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";
import { all, changed, setUp, single } from "./support.ts";

test("the new user's case: three orders are placed and one is paid while the read side is down", async () => {
  const { place, pay, run } = setUp();
  await place("o-1", "c-1", "lamp");
  const first = await run(orders);
  await first.drain();
  await first.stop();
  await place("o-2", "c-1", "desk");
  await place("o-3", "c-2");
  const receipt = await pay("o-1", 2, 5);
  await place("o-4", "c-2");
  const second = await run(orders);
  expect(await second.get("o-1", { atLeast: receipt })).toEqual({ status: "paid", paid: 5, skus: ["lamp"] });
  await second.drain();
  expect(await all(second)).toEqual({
    "o-1": { status: "paid", paid: 5, skus: ["lamp"] },
    "o-2": { status: "placed", paid: 0, skus: ["desk"] },
    "o-3": { status: "placed", paid: 0, skus: [] },
    "o-4": { status: "placed", paid: 0, skus: [] },
  });
});

for (const partitions of [1, 16] as const) {
  for (const isAtomic of [true, false]) {
    const name = `${partitions} partitions, ${isAtomic ? "atomic" : "single"} writes`;

    test(`keeps documents per actor and per customer current: ${name}`, async () => {
      const { documents, place, pay, cancel, run } = setUp();
      const options = { partitions, documents: isAtomic ? documents : single(documents) };
      const [byOrder, byCustomer] = [await run(orders, options), await run(customers, options)];
      for (let order = 0; order < 30; order++) await place(`o-${order}`, `c-${order % 3}`);
      for (let order = 0; order < 30; order += 2) await pay(`o-${order}`, 2, order);
      await cancel("o-1", 2);
      await Promise.all([byOrder.drain(), byCustomer.drain()]);
      const summaries = await all(byOrder);
      expect(Object.keys(summaries)).toHaveLength(29);
      expect(summaries["o-1"]).toBeUndefined();
      expect(summaries["o-28"]).toMatchObject({ status: "paid", paid: 28 });
      expect(await all(byCustomer)).toEqual({
        "c-0": { orders: 10, paid: 0 + 6 + 12 + 18 + 24 },
        "c-1": { orders: 10, paid: 4 + 10 + 16 + 22 + 28 },
        "c-2": { orders: 10, paid: 2 + 8 + 14 + 20 + 26 },
      });
    });
  }
}

test("reads and writes each document of a page once", async () => {
  const { documents, place, pay, run } = setUp();
  await place("o-1", "c-1");
  for (let version = 2; version <= 50; version++) await pay("o-1", version, 1);
  const store = single(documents);
  const get = vi.spyOn(documents, "getDocument");
  const put = vi.spyOn(documents, "putDocument");
  const running = await run(orders, { documents: store });
  await running.drain();
  const own = ([collection]: readonly unknown[]): boolean => collection === collectionOf(orders);
  expect(get.mock.calls.filter(own)).toHaveLength(1);
  expect(put.mock.calls.filter(own)).toHaveLength(1);
  expect(await running.get("o-1")).toMatchObject({ paid: 49 });
});

test("writes documents and the checkpoint together where documents are atomic", async () => {
  const { documents, place, run } = setUp();
  await place("o-1", "c-1");
  const write = vi.spyOn(documents, "writeDocuments");
  const running = await run(orders);
  await running.drain();
  expect(write.mock.calls.map(([writes]) => writes.map(({ id }) => id))).toEqual([["partition/0", "o-1"]]);
});

test("a deletion keeps its position, hidden from reads, until no former owner can write any more", async () => {
  const { documents, place, cancel, run } = setUp();
  let nowMs = 0;
  const clock = { now: () => nowMs, sleep: (ms: number, signal?: AbortSignal) => sleep(ms, signal) };
  const running = await run(orders, { documents: single(documents), clock, leaseMs: 1e9 });
  await place("o-1", "c-1");
  const { position } = await cancel("o-1", 2);
  await running.drain();
  const stored = () => documents.getDocument(collectionOf(orders), "o-1");
  expect((await stored())?.value).toEqual({ document: null, position });
  expect(await running.get("o-1")).toBeUndefined();
  expect(await all(running)).toEqual({});
  nowMs = 599_000;
  await place("o-2", "c-1");
  await running.drain();
  expect(await stored()).toBeDefined();
  nowMs = 600_000;
  await place("o-3", "c-1");
  await running.drain();
  expect(await stored()).toBeUndefined();
});

test("a revision conflict does the page again from fresh reads", async () => {
  const { documents, place, pay, run } = setUp();
  const { position } = await place("o-1", "c-1");
  await pay("o-1", 2, 5);
  let conflicts = 0;
  // Another owner writes the document between the read and the write.
  const getDocument: DocumentStore["getDocument"] = async (collection, id, options) => {
    const found = await documents.getDocument(collection, id, options);
    if (collection === collectionOf(orders) && conflicts++ === 0) {
      await documents.putDocument(collection, id, {
        document: { status: "placed", paid: 0, skus: ["by the other"] },
        position,
      });
    }
    return found as never;
  };
  const running = await run(orders, { documents: changed(single(documents), { getDocument }) });
  await running.drain();
  expect(await running.get("o-1")).toEqual({ status: "paid", paid: 5, skus: ["by the other"] });
});

test("watch reports documents, deletions and later changes", async () => {
  const { place, pay, cancel, run } = setUp();
  await place("o-1", "c-1");
  await place("o-2", "c-1");
  const latest = await cancel("o-2", 2);
  const running = await run(orders);
  const changes: unknown[] = [];
  const watched = (async () => {
    for await (const change of running.watch({ idPrefix: "o-", atLeast: latest })) {
      changes.push(change.type === "put" ? [change.id, change.document.paid] : change.type);
      if (change.type === "current") {
        await running.waitFor(await pay("o-1", 2, 5));
      }
      if (change.type === "put" && change.document.paid === 5) await cancel("o-1", 3);
      if (change.type === "delete") break;
    }
  })();
  await watched;
  expect(changes).toEqual([["o-1", 0], "current", ["o-1", 5], "delete"]);
});

test("reads never hang", async () => {
  const { documents, place, run } = setUp();
  const running = await run(orders, { documents });
  const receipt = await place("o-1", "c-1");
  await running.stop();
  await expect(running.get("o-1", { atLeast: receipt })).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  const other = new MemoryEventStore<OrderEvent>();
  const { position } = await other.saveEvent({ actorId: "a", version: 1, eventType: "OrderPaid", data: { amount: 1 } });
  const again = await run(orders, { documents });
  await expect(again.get("o-1", { atLeast: position })).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  const putDocument: DocumentStore["putDocument"] = (_, __, ___, options) =>
    abortable(new Promise<never>(() => {}), options?.signal);
  const blocked = changed(single(documents), { putDocument });
  await expect(run(customers, { documents: blocked, signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    name: "TimeoutError",
  });
  const controller = new AbortController();
  const reason = new Error("enough");
  await again.stop();
  controller.abort(reason);
  await expect(again.get("o-1", { signal: controller.signal })).rejects.toBe(reason);
});

test("an error of the definition stops the projection at the event, and a fixed one continues", async () => {
  const { place, pay, run } = setUp();
  await place("o-1", "c-1");
  const { position } = await pay("o-1", 2, 5);
  const broken = defineProjection<OrderEvent, { paid: number }>({
    name: "orders",
    version: 1,
    evolve: {
      OrderPlaced: () => ({ paid: 0 }),
      OrderPaid: () => {
        throw new Error("broken");
      },
      OrderCancelled: () => undefined,
    },
  });
  const running = await run(broken);
  await expect(running.untilStopped()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_STOPPED",
    cause: {
      code: "AETHER_PROJECTION_FAILED",
      projection: "orders",
      documentId: "o-1",
      eventType: "OrderPaid",
      position,
    },
  });
  await expect(running.get("o-1", { atLeast: position })).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  const fixed = await run(orders);
  expect(await fixed.get("o-1", { atLeast: position })).toMatchObject({ paid: 5 });
});

test.each([
  [true, { paid: 1n }],
  [true, [1]],
  [false, { paid: 1n }],
  [false, [1]],
])("names the event and the document if a function returns no JSON object (atomic: %s)", async (isAtomic, invalid) => {
  const { documents, place, run } = setUp();
  await place("o-1", "c-1");
  const { position } = await place("o-2", "c-1");
  const wrong = defineProjection<OrderEvent, object>({
    name: "orders",
    version: 1,
    evolve: { OrderPlaced: (_, { actorId }) => (actorId === "o-2" ? invalid : {}) },
  });
  const running = await run(wrong, { documents: isAtomic ? documents : single(documents) });
  await expect(running.untilStopped()).rejects.toMatchObject({
    position,
    cause: { code: "AETHER_PROJECTION_FAILED", documentId: "o-2", position },
  });
});

test("a projection that reads documents is refused unless they are atomic and in one partition", async () => {
  const { documents, place, pay, run } = setUp();
  const lookup = defineProjection<OrderEvent, { customerId?: string; paid: number }>({
    name: "lookup",
    version: 1,
    readsDocuments: true,
    documentId: async (event, { read }) => {
      const order = await read(event.actorId);
      return event.eventType === "OrderPlaced" ? event.actorId : [event.actorId, order?.customerId ?? "nobody"];
    },
    evolve: {
      OrderPlaced: (_, { data }) => ({ customerId: data.customerId, paid: 0 }),
      OrderPaid: (document, { data }) => ({ ...document, paid: (document?.paid ?? 0) + data.amount }),
    },
  });
  const refused = { code: "AETHER_INVALID_ARGUMENT" };
  await expect(run(lookup, { documents: single(documents) })).rejects.toMatchObject({
    ...refused,
    argument: "options.documents",
  });
  await expect(run(lookup, { partitions: 16 })).rejects.toMatchObject({ ...refused, argument: "options.partitions" });
  await place("o-1", "c-1");
  await pay("o-1", 2, 5);
  const running = await run(lookup);
  await running.drain();
  expect(await all(running)).toEqual({ "o-1": { customerId: "c-1", paid: 5 }, "c-1": { paid: 5 } });
});

test("rejects invalid options", async () => {
  const { store, documents } = setUp();
  const run = (options: object) => runProjection(store, orders, { documents, ...options } as never);
  for (const [argument, options] of [
    ["options.documents", { documents: {} }],
    ["options.partitions", { partitions: 2 }],
    ["options.maxBatchEvents", { maxBatchEvents: 0 }],
    ["leaseMs", { leaseMs: 1 }],
  ] as const) {
    await expect(run(options)).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument });
  }
  await expect(runProjection({} as never, orders, { documents })).rejects.toMatchObject({ argument: "store" });
  await expect(runProjection(store, {} as never, { documents })).rejects.toMatchObject({ argument: "projection" });
});

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(ms, 50));
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
