import { defineProjection } from "@aether/projections";
import type { OrderEvent } from "../orders/order.ts";

/** Payments less refunds of a day, in cents, and the number of payments. */
export type Revenue = { readonly amount: number; readonly payments: number };

/** The revenue of each day (UTC): one document per day. Its id is the date. */
export const revenueByDay = defineProjection<OrderEvent, Revenue>({
  name: "revenue-by-day",
  version: 1,
  documentId: ({ eventType, data, timestamp }) =>
    eventType === "OrderCancelled" && data.refund === 0 ? undefined : new Date(timestamp).toISOString().slice(0, 10),
  evolve: {
    OrderPaid: (day, { data }) => ({ amount: (day?.amount ?? 0) + data.amount, payments: (day?.payments ?? 0) + 1 }),
    OrderCancelled: (day, { data }) => ({ amount: (day?.amount ?? 0) - data.refund, payments: day?.payments ?? 0 }),
  },
});
