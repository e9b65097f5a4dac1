import { expect, test } from "vitest";
import { defineProjection, type Projection, readProjection } from "../src/index.ts";
import type { OrderEvent } from "./orders.ts";
import { changed, setUp, single } from "./support.ts";

/** A projection that waits at the gate of each order. */
function gated(gates: Readonly<Record<string, Promise<void>>>, version = 1): Projection<OrderEvent, { n: number }> {
  return defineProjection<OrderEvent, { n: number }>({
    name: "orders",
    version,
    documentId: async ({ actorId }) => {
      await gates[actorId];
      return actorId;
    },
    evolve: { OrderPlaced: () => ({ n: version }) },
  });
}

function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

for (const isWatched of [true, false]) {
  test(`waits until the first version is built, in any process: ${isWatched ? "watched" : "polled"}`, async () => {
    const { documents, place, run } = setUp();
    const store = isWatched ? single(documents) : changed(documents, { supports: { durable: true, shared: true } });
    await place("o-1", "c-1");
    const { passed, open } = gate();
    const owner = await run(gated({ "o-1": passed }, 2), { documents: store });
    const standby = await run(gated({}, 2), { documents: store });
    for (const each of [owner, standby]) {
      await expect(each.untilLive({ timeoutMs: 20 })).rejects.toMatchObject({
        code: "AETHER_PROJECTION_NOT_LIVE",
        version: 2,
        liveVersion: 2,
        timeoutMs: 20,
        message: expect.stringContaining('version 2 of projection "orders" was not up to date within 20 ms; wait'),
        cause: { code: "AETHER_WAIT_TIMED_OUT" },
      });
      expect(await each.get("o-1")).toBeUndefined();
    }
    open();
    await Promise.all([owner.untilLive(), standby.untilLive()]);
    expect(await owner.get("o-1")).toBeDefined();
    expect(await standby.get("o-1")).toBeDefined();
  });
}

test("waits for what was stored during a downtime, but not for later events", async () => {
  const { place, run } = setUp();
  await place("o-1", "c-1");
  const before = await run(gated({}));
  await before.untilLive();
  await before.stop();
  await place("o-2", "c-1");
  const gates = [gate(), gate()] as const;
  const running = await run(gated({ "o-2": gates[0].passed, "o-3": gates[1].passed }), { maxBatchEvents: 1 });
  await expect(running.untilLive({ timeoutMs: 20 })).rejects.toMatchObject({ code: "AETHER_PROJECTION_NOT_LIVE" });
  await place("o-3", "c-1");
  gates[0].open();
  await running.untilLive();
  expect(await running.get("o-2")).toBeDefined();
  expect(await running.get("o-3")).toBeUndefined();
  gates[1].open();
});

test("resolves on an empty store, and in memory at once", async () => {
  const { place, run } = setUp();
  await (await run(gated({}))).untilLive();
  await place("o-1", "c-1");
  const inMemory = await run(gated({}), { documents: undefined });
  await inMemory.untilLive({ timeoutMs: 0 });
  expect(await inMemory.get("o-1")).toBeDefined();
});

for (const isFirst of [true, false]) {
  test(`rejects as soon as the build of ${isFirst ? "the first" : "another"} version has failed`, async () => {
    const { place, run } = setUp();
    await place("o-1", "c-1");
    if (!isFirst) await (await run(gated({}))).untilLive();
    const broken = await run(gated({ "o-1": Promise.reject(new Error("broken")) }, 2));
    await expect(broken.untilLive()).rejects.toMatchObject({
      code: "AETHER_PROCESSOR_STOPPED",
      cause: { code: "AETHER_PROJECTION_FAILED" },
    });
  });
}

test("says which version is live if no process runs it after a rollback", async () => {
  const { store, documents, place, run } = setUp();
  const second = await run(gated({}, 2));
  await second.untilLive();
  await second.stop();
  const receipt = await place("o-1", "c-1");
  const first = await run(gated({}));
  expect(first.status).toMatchObject({ version: 1, liveVersion: 2 });
  const late = {
    code: "AETHER_WAIT_TIMED_OUT",
    partitionsWithoutOwner: [0],
    message: expect.stringMatching(
      /no process handles partition 0; .*; version 2 of projection "orders" is live, but this process has version 1$/,
    ),
  };
  await expect(first.untilLive({ timeoutMs: 20 })).rejects.toMatchObject({
    code: "AETHER_PROJECTION_NOT_LIVE",
    version: 1,
    liveVersion: 2,
    message:
      'version 2 of projection "orders" was not up to date within 20 ms; ' +
      "this process runs version 1, so run version 2 or a later one",
    cause: late,
  });
  await expect(first.get("o-1", { atLeast: receipt, timeoutMs: 20 })).rejects.toMatchObject(late);
  await using reader = await readProjection(store, gated({}), { documents });
  await expect(reader.get("o-1", { atLeast: receipt, timeoutMs: 20 })).rejects.toMatchObject(late);
  // The old functions become live again with a new version.
  const third = await run(gated({}, 3));
  await third.untilLive();
  expect(await third.get("o-1", { atLeast: receipt })).toEqual({ n: 3 });
});

test("says that the lease of a crashed process may be the reason for a wait, in whole milliseconds", async () => {
  const { place, run } = setUp();
  const { passed, open } = gate();
  const owner = await run(gated({ "o-1": passed }), { leaseMs: 60_000 });
  const receipt = await place("o-1", "c-1");
  const standby = await run(gated({}));
  await expect(standby.get("o-1", { atLeast: receipt, timeoutMs: 20 })).rejects.toMatchObject({
    code: "AETHER_WAIT_TIMED_OUT",
    partitionsWithoutOwner: [],
    message: expect.stringMatching(/within \d+ ms: .*or the lease of a process that has crashed is not over yet$/),
  });
  open();
  await owner.drain();
});
