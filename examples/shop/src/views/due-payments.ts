import { defineProjection } from "@aether/projections";
import type { OrderEvent } from "../orders/order.ts";

const TERM_MS = 3 * 24 * 60 * 60 * 1_000;

/** The orders that wait for their payment: a document for each, which is deleted when nothing is left to do. */
export const duePayments = defineProjection<OrderEvent, { readonly dueAt: string }>({
  name: "due-payments",
  version: 1,
  evolve: {
    OrderPlaced: (_, { timestamp }) => ({ dueAt: new Date(Date.parse(timestamp) + TERM_MS).toISOString() }),
    PaymentReminderSent: () => undefined,
    OrderPaid: () => undefined,
    OrderCancelled: () => undefined,
  },
});
