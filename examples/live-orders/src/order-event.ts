import type { EventsOf } from "@aether/core";

/** The events of orders and of the shop. */
export type OrderEvent = EventsOf<{
  OrderPlaced: { customer: string };
  OrderShipped: { carrier: string };
  ShopClosed: { reason: string };
}>;
