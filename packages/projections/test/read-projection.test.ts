import { processorProgress } from "@aether/processor";
import { expect, test } from "vitest";
import {
  defineProjection,
  dropProjection,
  type ProjectionChange,
  processorNameOf,
  readProjection,
} from "../src/index.ts";
import { type OrderEvent, type OrderSummary, orders } from "./orders.ts";
import { changed, setUp } from "./support.ts";

const summary = { status: "placed", paid: 0, skus: [] };

for (const isWatched of [true, false]) {
  test(`a process that only reads finds its own writes: ${isWatched ? "watched" : "polled"}`, async () => {
    const { store, documents: watched, place, pay, run } = setUp();
    const documents = isWatched ? watched : changed(watched, { supports: { durable: true, shared: true } });
    await using reader = await readProjection(store, orders, { documents });
    const receipt = await place("o-1", "c-1");
    await expect(reader.get("o-1", { atLeast: receipt, timeoutMs: 20 })).rejects.toMatchObject({
      code: "AETHER_WAIT_TIMED_OUT",
    });
    expect(await reader.get("o-1")).toBeUndefined();
    const running = await run(orders, { documents });
    expect(await reader.get("o-1", { atLeast: receipt })).toEqual(summary);
    await pay("o-1", 2, 5);
    await reader.drain();
    const listed: unknown[] = [];
    for await (const each of reader.list()) listed.push(each);
    expect(listed).toEqual([{ id: "o-1", document: { ...summary, status: "paid", paid: 5 } }]);
    await running.stop();
    await reader.waitFor(receipt); // it was reached, so no process is needed
  });
}

test("any process can observe the processor of a version", async () => {
  const { documents, place, run } = setUp();
  const receipt = await place("o-1", "c-1");
  const running = await run(orders);
  await running.drain();
  await running.stop();
  for (const version of [orders, running, { name: orders.name, version: orders.version }]) {
    const progress = await processorProgress(documents, processorNameOf(version));
    expect(progress).toEqual({ handledUpTo: receipt.position, parkedActors: 0, failure: undefined });
  }
  expect(await processorProgress(documents, processorNameOf({ name: orders.name, version: 2 }))).toBeUndefined();
  for (const [version, argument] of [
    [{ name: "", version: 1 }, "projection.name"],
    [{ name: "orders", version: 0 }, "projection.version"],
    [undefined as never, "projection"],
  ] as const)
    expect(() => processorNameOf(version)).toThrow(
      expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument }),
    );
});

test("a reader continues with the next live version, and takes no lease", async () => {
  const { store, documents, place, run } = setUp();
  await place("o-1", "c-1");
  const first = await run(orders);
  await first.drain();
  await using reader = await readProjection(store, orders, { documents });
  const { name, evolve } = orders;
  const second = await run(defineProjection<OrderEvent, OrderSummary>({ name, version: 2, evolve }));
  await second.untilLive();
  await first.stop();
  await dropProjection(documents, orders);
  expect(await reader.get("o-1", { atLeast: await place("o-2", "c-1") })).toEqual(summary);
  const changes: ProjectionChange<OrderSummary>[] = [];
  for await (const change of reader.watch({ idPrefix: "o-2" })) {
    if (change.type === "current") break;
    changes.push(change);
  }
  expect(changes).toEqual([{ type: "put", id: "o-2", document: summary }]);
});

test("invalid arguments are rejected", async () => {
  const { store, documents } = setUp();
  const call = (...args: readonly unknown[]): Promise<unknown> => (readProjection as CallableFunction)(...args);
  const invalid = { code: "AETHER_INVALID_ARGUMENT" };
  await expect(call({}, orders, { documents })).rejects.toMatchObject({ ...invalid, argument: "store" });
  await expect(call(store, {}, { documents })).rejects.toMatchObject({ ...invalid, argument: "projection" });
  await expect(call(store, orders, {})).rejects.toMatchObject({ ...invalid, argument: "options.documents" });
});
