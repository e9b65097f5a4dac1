import type { EventsOf } from "@aether/core";
import { defineProjection, type Projection } from "../src/index.ts";

export type OrderEvent = EventsOf<{
  OrderPlaced: { customerId: string; lines: { sku: string; quantity: number }[] };
  OrderPaid: { amount: number };
  OrderCancelled: { reason?: string };
}>;

export interface OrderSummary {
  status: "placed" | "paid";
  paid: number;
  skus: string[];
}

/** A document per order. */
export const orders: Projection<OrderEvent, OrderSummary> = defineProjection<OrderEvent, OrderSummary>({
  name: "orders",
  version: 1,
  evolve: {
    OrderPlaced: (_, { data }) => ({ status: "placed", paid: 0, skus: data.lines.map(({ sku }) => sku) }),
    OrderPaid: (order, { data }) => order && { ...order, status: "paid", paid: order.paid + data.amount },
    OrderCancelled: () => undefined,
  },
});

export interface CustomerTotals {
  orders: number;
  paid: number;
}

/** A document per customer. `OrderPaid` knows only its order. */
export const customers: Projection<OrderEvent, CustomerTotals> = defineProjection<OrderEvent, CustomerTotals>({
  name: "customers",
  version: 1,
  documentId: async (event, { history }) => {
    if (event.eventType === "OrderPlaced") return event.data.customerId;
    const placed = (await history()).find(({ eventType }) => eventType === "OrderPlaced");
    return placed?.eventType === "OrderPlaced" ? placed.data.customerId : undefined;
  },
  evolve: {
    OrderPlaced: (customer) => ({ orders: (customer?.orders ?? 0) + 1, paid: customer?.paid ?? 0 }),
    OrderPaid: (customer, { data }) => customer && { ...customer, paid: customer.paid + data.amount },
  },
});
