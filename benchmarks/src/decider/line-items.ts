import type { EventsOf } from "@aether/core";
import { type CommandsOf, type Decider, defineDecider } from "@aether/decider";

interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly price: number;
  readonly note: string;
}

export type OrderEvent = EventsOf<{ OrderLineAdded: Line }>;
export type OrderCommand = CommandsOf<{ AddLine: Line }>;

export interface Order {
  readonly lines: number;
  readonly total: number;
}

export const noOrder: Order = { lines: 0, total: 0 };

export const addLine: OrderCommand = {
  type: "AddLine",
  sku: "SKU-1",
  quantity: 3,
  price: 12.5,
  note: "some text of a realistic length here",
};

export function withLine({ lines, total }: Order, { quantity, price }: Line): Order {
  return { lines: lines + 1, total: total + quantity * price };
}

/** An order to which lines are added. */
export const orders: Decider<OrderEvent, OrderCommand, Order> = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: noOrder,
  decide: {
    AddLine: (_, { sku, quantity, price, note }, { event }) => event("OrderLineAdded", { sku, quantity, price, note }),
  },
  evolve: { OrderLineAdded: (order, { data }) => withLine(order, data) },
});
