import { expect, test } from "vitest";
import { defineProjection, testProjection } from "../src/index.ts";
import type { OrderEvent } from "./orders.ts";
import { setUp, single } from "./support.ts";

class Money {
  readonly amount = 1;
}

/** Documents that are not JSON objects, with the message for each. */
const invalid = {
  "a date": [{ at: new Date(0) }, "document.at is a Date object, which JSON cannot represent: use toISOString()"],
  "NaN at some depth": [{ lines: [{ quantity: 1 }, { quantity: Number.NaN }] }, "document.lines[1].quantity is NaN"],
  "a BigInt": [{ paid: 1n }, "document.paid is a BigInt"],
  "undefined in an array": [{ lines: [undefined] }, "document.lines[0] is undefined"],
  "a class instance": [{ total: new Money() }, "document.total is a Money object"],
  "an array": [[1], "document must be a JSON object"],
  "a promise": [Promise.reject(new Error("async")), "evolve must not return a promise"],
  "a text": ["paid", "evolve must return an object or undefined"],
} as const;

invalid["a promise"][0].catch(() => {});

for (const [name, [document, message]] of Object.entries(invalid)) {
  const broken = defineProjection<OrderEvent, object>({
    name: "orders",
    version: 1,
    evolve: {
      OrderPlaced: () => ({ lines: [{ quantity: 1 }] }),
      OrderPaid: (order, { data }) => (data.amount === 2 ? (document as object) : { ...order, paid: data.amount }),
    },
  });

  for (const where of ["in memory", "atomic", "not atomic"]) {
    test(`${name}: the projection stops at the event that made it (${where})`, async () => {
      const { documents, place, pay, run } = setUp();
      const store = { "in memory": undefined, atomic: documents, "not atomic": single(documents) }[where];
      // All events are in one batch.
      await place("o-1", "c-1");
      await pay("o-1", 2, 1);
      const { position } = await pay("o-1", 3, 2);
      const latest = await pay("o-1", 4, 3);
      const failure = {
        code: "AETHER_PROCESSOR_STOPPED",
        cause: {
          code: "AETHER_PROJECTION_FAILED",
          projection: "orders",
          documentId: "o-1",
          eventType: "OrderPaid",
          actorId: "o-1",
          position,
          message: expect.stringContaining(message),
        },
      };
      const starting = run(broken, { documents: store });
      if (store === undefined) return await expect(starting).rejects.toMatchObject(failure);
      const running = await starting;
      await expect(running.untilStopped()).rejects.toMatchObject(failure);
      expect(running.status).toMatchObject({ state: "failed", problem: expect.stringContaining(message) });
      await expect(running.get("o-1", { atLeast: latest })).rejects.toMatchObject(failure);
    });
  }

  test(`${name}: a test of the projection fails alike`, async () => {
    const paid = { actorId: "o-1", eventType: "OrderPaid", data: { amount: 2 } } as const;
    await expect(testProjection(broken).given(paid).expectNone("o-1")).rejects.toMatchObject({
      code: "AETHER_PROJECTION_FAILED",
      documentId: "o-1",
      message: expect.stringContaining(message),
    });
  });
}

test("in memory, a running projection stops at the event, and not at the next read", async () => {
  const { place, run } = setUp();
  const dated = defineProjection<OrderEvent, object>({
    name: "orders",
    version: 1,
    evolve: { OrderPlaced: () => ({ at: new Date(0) }) },
  });
  const running = await run(dated, { documents: undefined });
  await place("o-1", "c-1");
  await expect(running.drain()).rejects.toMatchObject({ cause: { code: "AETHER_PROJECTION_FAILED" } });
  expect(running.status.state).toBe("failed");
});

test("accepts everything that JSON can represent", async () => {
  const { place, pay, run } = setUp();
  const shared = { nested: [[1, "a", null, true, { text: undefined }]] };
  const document = Object.assign(Object.create(null) as object, { shared, again: shared, zero: -0 });
  const projection = defineProjection<OrderEvent, object>({
    name: "orders",
    version: 1,
    evolve: { OrderPlaced: () => document, OrderPaid: (order) => ({ ...order, paid: [order] }) },
  });
  const running = await run(projection, { documents: undefined });
  await place("o-1", "c-1");
  const receipt = await pay("o-1", 2, 1);
  const nested = [[1, "a", null, true, {}]];
  const expected = { shared: { nested }, again: { nested }, zero: 0 };
  expect(await running.get("o-1", { atLeast: receipt })).toEqual({ ...expected, paid: [expected] });
});
