import { expect, test } from "vitest";
import { defineProjection, dropProjection, type Projection } from "../src/index.ts";
import type { OrderEvent } from "./orders.ts";
import { setUp } from "./support.ts";

interface Totals {
  readonly paid: number;
}

const placed = (): Totals => ({ paid: 0 });
const paid = (_: unknown, { data }: { readonly data: { readonly amount: number } }): Totals => ({ paid: data.amount });
const documentId = ({ actorId }: OrderEvent): string => actorId;

function orders(
  changes: Partial<Pick<Projection<OrderEvent, Totals>, "version" | "documentId" | "evolve">> = {},
): Projection<OrderEvent, Totals> {
  return defineProjection<OrderEvent, Totals>({
    name: "orders",
    version: 1,
    evolve: { OrderPlaced: placed },
    ...changes,
  });
}

test.each([
  [
    "a function that was added",
    orders(),
    orders({ evolve: { OrderPlaced: placed, OrderPaid: paid } }),
    'without a function for "OrderPaid"',
  ],
  [
    "a function that was removed",
    orders({ evolve: { OrderPlaced: placed, OrderPaid: paid } }),
    orders(),
    'with a function for "OrderPaid"',
  ],
  ["documentId, if it was added", orders(), orders({ documentId }), "without documentId"],
  ["documentId, if it was removed", orders({ documentId }), orders(), "with documentId"],
])("a version cannot run again with %s", async (_, before, after, difference) => {
  const { documents, place, run } = setUp();
  await place("o-1", "c-1");
  const first = await run(before);
  const rejected = {
    code: "AETHER_INVALID_ARGUMENT",
    argument: "projection.version",
    message: `projection.version must be increased, because version 1 has already run ${difference}`,
  };
  await expect(run(after)).rejects.toMatchObject(rejected);
  await first.untilLive();
  await first.stop();
  await expect(run(after)).rejects.toMatchObject(rejected);
  const next = await run(defineProjection({ ...definitionOf(after), version: 2 }));
  await next.untilLive();
  await expect(run(after)).rejects.toMatchObject(rejected);
  // The old code may run on beside the new one.
  await (await run(before)).stop();
  await dropProjection(documents, { name: "orders", version: 1 });
  await expect(run(after)).rejects.toMatchObject({ code: "AETHER_PROJECTION_DROPPED" });
});

test("processes that start at once with different definitions of a version do not mix them", async () => {
  const { run } = setUp();
  const started = await Promise.allSettled([
    run(orders()),
    run(orders({ evolve: { OrderPlaced: placed, OrderPaid: paid } })),
  ]);
  expect(started.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

test("the order of the functions does not matter", async () => {
  const { run } = setUp();
  await (await run(orders({ evolve: { OrderPlaced: placed, OrderPaid: paid } }))).stop();
  await run(orders({ evolve: { OrderPaid: paid, OrderPlaced: placed } }));
});

function definitionOf({ name, version, documentId, evolve }: Projection<OrderEvent, Totals>) {
  return { name, version, documentId, evolve };
}
