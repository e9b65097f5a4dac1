import type { EventsOf } from "@aether/core";
import { type CommandsOf, type Decider, defineDecider } from "@aether/decider";

export type OrderEvent = EventsOf<{
  OrderPlaced: { customer: string; items: string[] };
  OrderShipped: { carrier: string };
}>;

export type OrderCommand = CommandsOf<{
  PlaceOrder: { customer: string; items: string[] };
  ShipOrder: { carrier: string };
}>;

export interface Order {
  readonly status: "none" | "placed" | "shipped";
  readonly items: readonly string[];
  readonly carrier?: string;
}

/** A command that the rules of an order do not allow. */
export class OrderRejected extends Error {}

/** The rules of an order: the events that a command causes, and the state after each event. */
export const orders: Decider<OrderEvent, OrderCommand, Order> = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: { status: "none", items: [] },
  decide: {
    PlaceOrder: (order, { customer, items }, { event }) => {
      if (order.status !== "none") throw new OrderRejected("the order is already placed");
      return event("OrderPlaced", { customer, items });
    },
    ShipOrder: (order, { carrier }, { event }) => {
      if (order.status === "none") throw new OrderRejected("there is no such order");
      return order.status === "shipped" ? undefined : event("OrderShipped", { carrier });
    },
  },
  evolve: {
    OrderPlaced: (_, { data }) => ({ status: "placed", items: data.items }),
    OrderShipped: (order, { data }) => ({ ...order, status: "shipped", carrier: data.carrier }),
  },
});
