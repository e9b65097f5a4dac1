/** Types that must compile, and errors that must be found: an unused `@ts-expect-error` is a compile error. */
import { type EventsOf, type FeedEventStore, isAetherError } from "@aether/core";
import { defineProjection, readProjection, runProjection, testProjection } from "../src/index.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";

const base = { name: "orders", version: 1 } as const;

// Documents may have arrays and nested objects, and the result may contain parts of the old document.
defineProjection<OrderEvent, { lines: { sku: string }[]; note?: { text: string } }>({
  ...base,
  evolve: {
    OrderPlaced: (order, { data }) => ({ ...order, lines: [...(order?.lines ?? []), ...data.lines] }),
    OrderPaid: (order, event, { id, position }) => {
      event.data.amount.toFixed();
      // @ts-expect-error: OrderPaid has no customer
      event.data.customerId;
      id.toUpperCase();
      position.toUpperCase();
      // @ts-expect-error: documents are read-only
      order?.lines.push({ sku: "lamp" });
      return order;
    },
  },
});

defineProjection<OrderEvent, { status: string }>({
  ...base,
  evolve: {
    // @ts-expect-error: not a document
    OrderPlaced: () => ({ status: 7 }),
  },
});

defineProjection<OrderEvent, { status: string }>({
  ...base,
  evolve: {
    // @ts-expect-error: no such event
    OrderShipped: () => ({ status: "shipped" }),
  },
});

// @ts-expect-error: JSON has no dates
defineProjection<OrderEvent, { placed?: { at: Date } }>({ ...base, evolve: { OrderPlaced: () => ({}) } });

// @ts-expect-error: JSON has no BigInt
defineProjection<OrderEvent, { lines: { amount: bigint }[] }>({
  ...base,
  evolve: { OrderPlaced: () => ({ lines: [] }) },
});

// Generic code may leave the type of the documents open.
defineProjection<OrderEvent, object>({ ...base, evolve: { OrderPlaced: () => ({ any: 1 }) } });
defineProjection<OrderEvent, Record<string, unknown>>({ ...base, evolve: { OrderPlaced: () => ({ any: 1 }) } });

// @ts-expect-error: the version is missing
defineProjection<OrderEvent, { status: string }>({ name: "orders", evolve: {} });

defineProjection<OrderEvent, { status: string }>({
  ...base,
  // @ts-expect-error: a number is not an id
  documentId: () => 7,
  evolve: { OrderPaid: (order) => order },
});

defineProjection<OrderEvent, { orders: string[] }>({
  ...base,
  readsDocuments: true,
  documentId: async (event, { history, read }) => {
    const [first] = await history();
    if (first?.eventType === "OrderPlaced") return [event.actorId, first.data.customerId];
    return (await read("all"))?.orders;
  },
  evolve: { OrderPaid: (order) => order },
});

export async function tests(): Promise<void> {
  const placed = { actorId: "o-1", eventType: "OrderPlaced", data: { customerId: "c-1", lines: [] } } as const;
  await testProjection(orders).given(placed).expect("o-1", { status: "placed", paid: 0, skus: [] });
  await testProjection(customers).given(placed).expectNone("o-1");
  // @ts-expect-error: the status is unknown
  await testProjection(orders).given(placed).expect("o-1", { status: "lost", paid: 0, skus: [] });
  // @ts-expect-error: the actor is missing
  testProjection(orders).given({ eventType: "OrderPaid", data: { amount: 1 } });
  // @ts-expect-error: the amount is missing
  testProjection(orders).given({ actorId: "o-1", eventType: "OrderPaid", data: {} });
}

type StockEvent = EventsOf<{ StockReceived: { quantity: number } }>;

/** A store may have events of several kinds of actors. */
export async function stores(
  shop: FeedEventStore<OrderEvent | StockEvent>,
  other: FeedEventStore<StockEvent>,
): Promise<void> {
  const running = await runProjection(shop, orders);
  (await running.get("o-1"))?.status.toUpperCase();
  // @ts-expect-error: the store has no events of orders
  await runProjection(other, orders);
  // @ts-expect-error: the documents are missing
  await readProjection(shop, orders, {});
}

export function codes(error: unknown): void {
  if (isAetherError(error, "AETHER_PROJECTION_FAILED")) error.documentId?.toUpperCase();
  if (isAetherError(error, "AETHER_PROJECTION_DROPPED")) error.version.toFixed();
}
