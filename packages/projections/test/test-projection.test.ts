import { isAetherError } from "@aether/core";
import { expect, test } from "vitest";
import { defineProjection, testProjection } from "../src/index.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";

const placed = (actorId: string, customerId: string, ...skus: string[]) => ({
  actorId,
  eventType: "OrderPlaced" as const,
  data: { customerId, lines: skus.map((sku) => ({ sku, quantity: 1 })) },
});
const paid = (actorId: string, amount: number) => ({ actorId, eventType: "OrderPaid" as const, data: { amount } });
const cancelled = (actorId: string) => ({ actorId, eventType: "OrderCancelled" as const, data: {} });

test("folds events into the documents of their actors", async () => {
  const documents = testProjection(orders).given(placed("o-1", "c-1", "lamp"), placed("o-2", "c-1"), paid("o-1", 7));
  await documents.expect("o-1", { paid: 7, status: "paid", skus: ["lamp"] });
  await documents.expect("o-2", { status: "placed", paid: 0, skus: [] });
  await documents.expectNone("o-3");
});

test("undefined deletes a document", async () => {
  await testProjection(orders).given(placed("o-1", "c-1"), cancelled("o-1")).expectNone("o-1");
});

test("the history of the actor leads an event to its document", async () => {
  const documents = testProjection(customers).given(
    placed("o-1", "c-1"),
    placed("o-2", "c-2"),
    placed("o-3", "c-1"),
    paid("o-3", 5),
    paid("o-2", 2),
    paid("o-4", 9),
  );
  await documents.expect("c-1", { orders: 2, paid: 5 });
  await documents.expect("c-2", { orders: 1, paid: 2 });
});

test("a failed expectation shows the differences, and the values for the test runner", async () => {
  const given = testProjection(orders).given(placed("o-1", "c-1", "lamp"), paid("o-1", 7));
  const failed = given.expect("o-1", { status: "paid", paid: 8, skus: ["lamp"] });
  await expect(failed).rejects.toMatchObject({
    code: "ERR_ASSERTION",
    actual: { paid: 7 },
    expected: { paid: 8 },
  });
  const message = await failed.catch((error: Error) => error.message);
  expect(message).toBe(
    `document "o-1" is not as expected:
- expected
+ actual

  {
-   "paid": 8,
+   "paid": 7,
    "skus": [
      "lamp"
    ],
    "status": "paid"
  }`,
  );
  await expect(given.expectNone("o-1")).rejects.toThrow("- no document");
  await expect(given.expect("o-2", { status: "paid", paid: 0, skus: [] })).rejects.toThrow("+ no document");
});

test("an event may change several documents, each once", async () => {
  const projection = defineProjection<OrderEvent, { count: number }>({
    name: "counts",
    version: 1,
    documentId: ({ actorId }) => ["all", actorId, "all"],
    evolve: { OrderPaid: (document) => ({ count: (document?.count ?? 0) + 1 }) },
  });
  const documents = testProjection(projection).given(paid("o-1", 1), paid("o-2", 1), paid("o-1", 1));
  await documents.expect("all", { count: 3 });
  await documents.expect("o-1", { count: 2 });
});

test("reports the event and the document at which a definition fails", async () => {
  const broken = (evolve: (order: { skus: string[] } | undefined) => never) =>
    testProjection(
      defineProjection<OrderEvent, { skus: string[] }>({
        name: "broken",
        version: 1,
        evolve: { OrderPlaced: () => ({ skus: [] }), OrderPaid: evolve as never },
      }),
    )
      .given(placed("o-1", "c-1"), paid("o-1", 1))
      .expectNone("o-1");
  const cause = new Error("broken");
  const failure = { code: "AETHER_PROJECTION_FAILED", documentId: "o-1", eventType: "OrderPaid", actorId: "o-1" };
  const thrown = broken(() => {
    throw cause;
  });
  await expect(thrown).rejects.toMatchObject({ ...failure, cause });
  await expect(broken((order) => order?.skus.push("lamp") as never)).rejects.toMatchObject(failure);
  await expect(broken(() => "text" as never)).rejects.toMatchObject(failure);
  await expect(broken(() => ({ at: new Date() }) as never)).rejects.toMatchObject(failure);
});

test("reports an invalid id, and a read without permission", async () => {
  const withIds = (documentId: never) =>
    testProjection(defineProjection<OrderEvent, object>({ ...orders, documentId } as never))
      .given(paid("o-1", 1))
      .expectNone("o-1");
  for (const documentId of [
    () => 7,
    () => ["\ud800"],
    () => [undefined],
    (_: unknown, { read }: never) => (read as () => unknown)(),
  ]) {
    const error: unknown = await withIds(documentId as never).catch((thrown) => thrown);
    expect(isAetherError(error, "AETHER_PROJECTION_FAILED")).toBe(true);
  }
});

test.each([
  ["definition.name", { name: "" }],
  ["definition.name", { name: "x".repeat(151) }],
  ["definition.version", { version: 0 }],
  ["definition.documentId", { documentId: "id" }],
  ["definition.documentId", { readsDocuments: true }],
  ["definition.evolve.OrderPaid", { evolve: { OrderPaid: 7 } }],
  ["definition.evolve", { evolve: {} }],
])("rejects a definition with an invalid %s", (argument, change) => {
  const definition = { name: "orders", version: 1, evolve: { OrderPaid: () => undefined }, ...change };
  expect(() => defineProjection(definition as never)).toThrow(
    expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument }),
  );
});
