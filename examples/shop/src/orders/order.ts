import type { EventsOf } from "@aether/core";
import { type CommandsOf, defineDecider } from "@aether/decider";
import { catalogue } from "./catalogue.ts";

/** A line of an order. The price of one article is in cents. */
export type OrderLine = { readonly item: string; readonly quantity: number; readonly price: number };

export type OrderEvent = EventsOf<{
  OrderPlaced: { customer: string; address: string; lines: OrderLine[] };
  AddressChanged: { address: string };
  PaymentReminderSent: { amount: number };
  OrderPaid: { amount: number };
  OrderShipped: { carrier: string };
  OrderCancelled: { reason: string; lines: OrderLine[]; refund: number };
}>;

export type OrderCommand = CommandsOf<{
  PlaceOrder: { customer: string; address: string; items: Readonly<Record<string, number>> };
  ChangeAddress: { address: string };
  RemindOfPayment: object;
  PayOrder: object;
  ShipOrder: { carrier: string };
  CancelOrder: { reason: string };
}>;

export interface Order {
  readonly status: "none" | "placed" | "paid" | "shipped" | "cancelled";
  readonly customer: string;
  readonly address: string;
  readonly lines: readonly OrderLine[];
  readonly isReminded: boolean;
}

/** A command that the rules of an order do not allow. */
export class OrderRejected extends Error {}

/** Returns the price of all lines, in cents. */
export const totalOf = (lines: readonly OrderLine[]): number =>
  lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);

/** The rules of an order: the events that a command causes, and the state after each event. */
export const orders = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: { status: "none", customer: "", address: "", lines: [], isReminded: false },
  decide: {
    PlaceOrder: (order, { customer, address, items }, { event }) => {
      if (order.status !== "none") throw new OrderRejected("The order is already placed.");
      const articles = [...catalogue].map(([item, { price }]) => ({ item, price, quantity: items[item] ?? 0 }));
      const lines = articles.filter(({ quantity }) => quantity > 0);
      if (lines.length === 0) throw new OrderRejected("The order has no articles.");
      return event("OrderPlaced", { customer, address, lines });
    },
    ChangeAddress: (order, { address }, { event }) => {
      check(order, "delivered to another address", "placed", "paid");
      return order.address === address ? undefined : event("AddressChanged", { address });
    },
    RemindOfPayment: ({ status, isReminded, lines }, _, { event }) =>
      status === "placed" && !isReminded ? event("PaymentReminderSent", { amount: totalOf(lines) }) : undefined,
    PayOrder: (order, _, { event }) => {
      check(order, "paid", "placed");
      return event("OrderPaid", { amount: totalOf(order.lines) });
    },
    ShipOrder: (order, { carrier }, { event }) => {
      check(order, "shipped", "paid");
      return event("OrderShipped", { carrier });
    },
    CancelOrder: (order, { reason }, { event }) => {
      check(order, "cancelled", "placed", "paid");
      const { status, lines } = order;
      return event("OrderCancelled", { reason, lines, refund: status === "paid" ? totalOf(lines) : 0 });
    },
  },
  evolve: {
    OrderPlaced: (order, { data }) => ({ ...order, ...data, status: "placed" }),
    AddressChanged: (order, { data }) => ({ ...order, address: data.address }),
    PaymentReminderSent: (order) => ({ ...order, isReminded: true }),
    OrderPaid: (order) => ({ ...order, status: "paid" }),
    OrderShipped: (order) => ({ ...order, status: "shipped" }),
    OrderCancelled: (order) => ({ ...order, status: "cancelled" }),
  },
});

function check({ status }: Order, action: string, ...allowed: readonly Order["status"][]): void {
  if (status === "none") throw new OrderRejected("There is no such order.");
  if (!allowed.includes(status)) throw new OrderRejected(`The order is ${status}, so it cannot be ${action}.`);
}
