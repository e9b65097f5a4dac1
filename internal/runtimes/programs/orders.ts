import type { EventsOf } from "@aether/core";
import { type CommandsOf, type Decider, defineDecider } from "@aether/decider";
import { defineProjection, type Projection } from "@aether/projections";

export type OrderEvent = EventsOf<{
  OrderPlaced: { item: string };
  ItemAdded: { item: string };
  OrderPaid: { cents: number };
}>;
export type OrderCommand = CommandsOf<{ PayOrder: { cents: number } }>;
export type Order = { readonly paidCents: number };

/** An order that can be paid once. */
export const orders: Decider<OrderEvent, OrderCommand, Order> = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: { paidCents: 0 },
  decide: {
    PayOrder: ({ paidCents }, { cents }, { event }) => {
      if (paidCents === 0) return event("OrderPaid", { cents });
    },
  },
  evolve: {
    OrderPlaced: (order) => order,
    ItemAdded: (order) => order,
    OrderPaid: (_, { data }) => ({ paidCents: data.cents }),
  },
});

/** Document of each order: the number of its items. */
export const orderSummaries: Projection<OrderEvent, { items: number }> = defineProjection<
  OrderEvent,
  { items: number }
>({
  name: "order-summaries",
  version: 1,
  evolve: {
    OrderPlaced: () => ({ items: 1 }),
    ItemAdded: (order) => ({ items: (order?.items ?? 0) + 1 }),
  },
});
