import type { DocumentStore } from "@aether/core";
import { MemoryDocumentStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { collectionOf } from "../src/documents/stored-projection.ts";
import { defineProjection, dropProjection, type Projection } from "../src/index.ts";
import { ProgressMeter } from "../src/progress.ts";
import { type OrderEvent, type OrderSummary, orders } from "./orders.ts";
import { all, changed, setUp, single } from "./support.ts";

/** Version 2 counts amounts twice. It waits at the gate before its first page. */
function secondVersion(gate: Promise<void> = Promise.resolve()): Projection<OrderEvent, OrderSummary> {
  const { name, evolve } = orders;
  return defineProjection<OrderEvent, OrderSummary>({
    name,
    version: 2,
    documentId: async ({ actorId }) => {
      await gate;
      return actorId;
    },
    evolve: { ...evolve, OrderPaid: (order, { data }) => order && { ...order, paid: order.paid + 2 * data.amount } },
  });
}

for (const isWatched of [true, false]) {
  test(`a new version is built beside the live one, and then read: ${isWatched ? "watched" : "polled"}`, async () => {
    const { documents, place, pay, run } = setUp();
    const store = isWatched ? single(documents) : changed(documents, { supports: { durable: true, shared: true } });
    await place("o-1", "c-1");
    await pay("o-1", 2, 5);
    const first = await run(orders, { documents: store });
    await first.untilLive();
    let open = (): void => {};
    const second = await run(secondVersion(new Promise((resolve) => (open = resolve))), { documents: store });
    expect(await second.get("o-1", { atLeast: await pay("o-1", 3, 1) })).toMatchObject({ paid: 6 });
    expect(second.status).toMatchObject({ version: 2, liveVersion: 1 });
    await expect(second.untilLive({ timeoutMs: 20 })).rejects.toMatchObject({ code: "AETHER_PROJECTION_NOT_LIVE" });
    open();
    await second.untilLive();
    expect(second.status.liveVersion).toBe(2);
    expect(await second.get("o-1")).toMatchObject({ paid: 12 });
    // A process with the old version reads the new one, too.
    await vi.waitFor(async () => expect(await first.get("o-1")).toMatchObject({ paid: 12 }));
    expect(await first.get("o-1", { atLeast: await pay("o-1", 4, 1) })).toMatchObject({ paid: 14 });
    await first.stop();
    const again = await run(orders, { documents: store });
    await again.drain();
    expect(again.status.liveVersion).toBe(2);
    expect(await again.get("o-1")).toMatchObject({ paid: 14 });
    expect(await again.get("missing")).toBeUndefined();
  });
}

test("untilLive may wait for longer than a timer can", async () => {
  const { place, run } = setUp();
  await place("o-1", "c-1");
  const first = await run(orders);
  await first.untilLive();
  let open = (): void => {};
  const second = await run(secondVersion(new Promise((resolve) => (open = resolve))));
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  const isLive = second.untilLive({ timeoutMs: Number.MAX_SAFE_INTEGER });
  const longestMs = (): number => Math.max(...setTimer.mock.calls.map(([, ms]) => ms ?? 0));
  await vi.waitFor(() => expect(longestMs()).toBe(2 ** 31 - 1));
  open();
  await isLive;
});

test("a read that waits for a version without processes continues with the next live one", async () => {
  const { place, pay, run } = setUp();
  await place("o-1", "c-1");
  const first = await run(orders);
  await first.drain();
  await first.stop();
  let open = (): void => {};
  const second = await run(secondVersion(new Promise((resolve) => (open = resolve))));
  const read = second.get("o-1", { atLeast: await pay("o-1", 2, 5) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  open();
  expect(await read).toMatchObject({ paid: 10 });
});

test("a read that waits for the own version continues with the next live one if the own one is dropped", async () => {
  const { documents, place, run } = setUp();
  let isHeld = false;
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const held = defineProjection<OrderEvent, OrderSummary>({
    ...orders,
    documentId: async ({ actorId }) => {
      if (isHeld) await gate;
      return actorId;
    },
  });
  // The process is not notified when another version becomes live.
  const store = changed(documents, { supports: { durable: true, shared: true, atomic: true } });
  const first = await run(held, { documents: store, stopTimeoutMs: 0 });
  await place("o-1", "c-1");
  await first.drain();
  isHeld = true;
  const receipt = await place("o-2", "c-1");
  const read = first.get("o-2", { atLeast: receipt });
  await (await run(secondVersion())).untilLive();
  await dropProjection(documents, { name: "orders", version: 1 });
  expect(await read).toMatchObject({ status: "placed" });
  open();
});

test("a list whose version is dropped meanwhile does not end as if it were complete", async () => {
  const { documents, place, run } = setUp();
  for (const order of ["o-1", "o-2", "o-3"]) await place(order, "c-1");
  const listDocuments: DocumentStore["listDocuments"] = async function* (collection, options) {
    const ids: string[] = [];
    for await (const { id } of documents.listDocuments(collection, options)) ids.push(id);
    for (const id of ids) {
      const found = await documents.getDocument(collection, id, options);
      if (found !== undefined) yield found as never;
    }
  };
  const first = await run(orders, { documents: changed(documents, { listDocuments }) });
  await first.drain();
  const listed: string[] = [];
  const list = async (): Promise<void> => {
    for await (const { id } of first.list()) {
      if (listed.push(id) > 1) continue;
      await (await run(secondVersion())).untilLive();
      await dropProjection(documents, { name: "orders", version: 1 });
    }
  };
  await expect(list()).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  expect(listed).toEqual(["o-1"]);
  await vi.waitFor(async () => expect(Object.keys(await all(first)).sort()).toEqual(["o-1", "o-2", "o-3"]));
});

test("a build that was interrupted continues where it ended", async () => {
  const { place, run } = setUp();
  await place("o-1", "c-1");
  await (await run(orders)).drain();
  const folded: string[] = [];
  const build = (fails: boolean) =>
    defineProjection<OrderEvent, { n: number }>({
      name: "orders",
      version: 2,
      documentId: async ({ actorId }) => {
        if (fails && actorId === "o-3") throw new Error("interrupted");
        folded.push(actorId);
        return actorId;
      },
      evolve: { OrderPlaced: () => ({ n: 1 }) },
    });
  for (const order of ["o-2", "o-3", "o-4"]) await place(order, "c-1");
  const interrupted = await run(build(true), { maxBatchEvents: 1 });
  await expect(interrupted.untilStopped()).rejects.toMatchObject({ cause: { code: "AETHER_PROJECTION_FAILED" } });
  expect(folded).toEqual(["o-1", "o-2"]);
  const continued = await run(build(false), { maxBatchEvents: 1 });
  await continued.untilLive();
  expect(folded.slice(2)).toEqual(["o-3", "o-4"]);
  expect(Object.keys(await all(continued)).sort()).toEqual(["o-1", "o-2", "o-3", "o-4"]);
});

test("a watch follows the switch, and reports what the new version does not have", async () => {
  const { place, run } = setUp();
  await place("o-1", "c-1");
  await place("o-2", "c-1");
  const first = await run(orders);
  await first.drain();
  const fewer = defineProjection<OrderEvent, OrderSummary>({
    name: "orders",
    version: 2,
    documentId: ({ actorId }) => (actorId === "o-1" ? undefined : actorId),
    evolve: { OrderPlaced: () => ({ status: "placed", paid: 7, skus: [] }) },
  });
  const changes: unknown[] = [];
  for await (const change of first.watch()) {
    changes.push(change.type === "put" ? [change.id, change.document.paid] : change);
    if (change.type === "current") await run(fewer);
    if (change.type === "delete") break;
  }
  expect(changes.slice(0, 2).sort()).toEqual([
    ["o-1", 0],
    ["o-2", 0],
  ]);
  expect(changes.slice(2)).toEqual([{ type: "current" }, ["o-2", 7], { type: "delete", id: "o-1" }]);
});

test("an old version can be dropped: its processes stop, and it cannot be started again", async () => {
  const { documents, place, run } = setUp();
  for (let order = 0; order < 20; order++) await place(`o-${order}`, "c-1");
  const first = await run(orders, { partitions: 16 });
  await first.drain();
  await expect(dropProjection(documents, orders)).rejects.toMatchObject({ argument: "projection.version" });
  const second = await run(secondVersion());
  await second.untilLive();
  await dropProjection(documents, { name: "orders", version: 1 });
  await expect(first.untilStopped()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_STOPPED",
    cause: { code: "AETHER_PROCESSOR_RETIRED" },
  });
  for await (const { id } of documents.listDocuments(collectionOf(orders))) throw new Error(`${id} is left`);
  await expect(run(orders, { partitions: 16 })).rejects.toMatchObject({
    code: "AETHER_PROJECTION_DROPPED",
    version: 1,
  });
  await dropProjection(documents, { name: "orders", version: 1 });
  expect(Object.keys(await all(second))).toHaveLength(20);
  expect(await first.get("o-1")).toMatchObject({ status: "placed" });
});

test("drop rejects what never ran", async () => {
  const documents = new MemoryDocumentStore();
  await expect(dropProjection(documents, orders)).rejects.toMatchObject({ argument: "projection.name" });
  await expect(dropProjection(documents, { name: "orders", version: 0 })).rejects.toMatchObject({
    argument: "projection.version",
  });
});

test("reports the progress, with rate and estimate", async () => {
  const { place, run } = setUp();
  const receipts = [];
  for (let order = 0; order < 100; order++) receipts.push(await place(`o-${order}`, "c-1"));
  let nowMs = 0;
  const meter = new ProgressMeter(() => nowMs);
  const latest = receipts[99]?.position;
  expect(meter.progress(undefined, latest)).toMatchObject({ share: 0, recordsPerSecond: 0, remainingMs: undefined });
  meter.sample(receipts[9]?.position);
  nowMs = 1_000;
  const progress = meter.progress(receipts[49]?.position, latest);
  expect(progress).toMatchObject({ isCaughtUp: false, recordsPerSecond: 40, remainingMs: 1_250 });
  expect(progress.share).toBeCloseTo(0.5, 1);
  expect(meter.progress(undefined, undefined)).toMatchObject({ isCaughtUp: true, share: 1, remainingMs: 0 });
  for (const options of [{}, { documents: undefined }]) {
    const running = await run(orders, options);
    await running.drain();
    expect(await running.progress()).toMatchObject({ isCaughtUp: true, share: 1, position: latest });
  }
});
