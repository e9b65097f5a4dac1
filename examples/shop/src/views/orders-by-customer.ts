import { defineProjection } from "@aether/projections";
import { type Order, type OrderEvent, totalOf } from "../orders/order.ts";

export interface OrderSummary extends Pick<Order, "customer" | "status" | "isReminded"> {
  readonly orderId: string;
  readonly total: number;
  readonly placedAt: string;
}

/** Returns the start of the ids of a customer's documents. */
export const customerPrefix = (customer: string): string => `${encodeURIComponent(customer)}/`;

/** The orders of each customer: one document per order, with the customer at the start of its id. */
export const ordersByCustomer = defineProjection<OrderEvent, OrderSummary>({
  name: "orders-by-customer",
  version: 1,
  documentId: async (event, { history }) => {
    const [placed] = event.eventType === "OrderPlaced" ? [event] : await history();
    return placed?.eventType === "OrderPlaced" ? customerPrefix(placed.data.customer) + event.actorId : undefined;
  },
  evolve: {
    OrderPlaced: (_, { actorId: orderId, timestamp: placedAt, data: { customer, lines } }) => {
      return { orderId, customer, status: "placed", total: totalOf(lines), isReminded: false, placedAt };
    },
    PaymentReminderSent: (order) => order && { ...order, isReminded: true },
    OrderPaid: (order) => order && { ...order, status: "paid" },
    OrderShipped: (order) => order && { ...order, status: "shipped" },
    OrderCancelled: (order) => order && { ...order, status: "cancelled" },
  },
});
