import type { EventsOf } from "@aether/core";
import { type CommandsOf, type Decider, defineDecider } from "../../src/index.ts";

export type OrderEvent = EventsOf<{
  OrderPlaced: { customerId: string; lines: { sku: string; quantity: number }[] };
  OrderPaid: { amount: number };
  OrderCancelled: { reason?: string };
}>;

export type OrderCommand = CommandsOf<{
  PlaceOrder: { customerId: string; lines: { sku: string; quantity: number }[] };
  PayOrder: { amount: number };
  CancelOrder: { reason?: string };
}>;

export type Order = { status: "none" } | { status: "placed" | "paid" | "cancelled"; customerId: string };

export class OrderRefused extends Error {
  readonly code = "ORDER_REFUSED" as const;
}

/** An order: can be placed once, paid once, and cancelled at any time. */
export const orders: Decider<OrderEvent, OrderCommand, Order> = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: { status: "none" },
  decide: {
    PlaceOrder: (order, { customerId, lines }, { event }) => {
      if (order.status !== "none") throw new OrderRefused("placed already");
      return event("OrderPlaced", { customerId, lines });
    },
    PayOrder: (order, { amount }, { event }) => {
      if (order.status === "paid") return;
      if (order.status !== "placed") throw new OrderRefused(`cannot pay an order that is ${order.status}`);
      return event("OrderPaid", { amount });
    },
    CancelOrder: async (order, { reason }, { event }) => {
      if (order.status === "cancelled") return [];
      return [event("OrderCancelled", reason === undefined ? {} : { reason })];
    },
  },
  evolve: {
    OrderPlaced: (_, { data }) => ({ status: "placed", customerId: data.customerId }),
    OrderPaid: (order) => (order.status === "none" ? order : { ...order, status: "paid" }),
    OrderCancelled: (order) => (order.status === "none" ? order : { ...order, status: "cancelled" }),
  },
});
