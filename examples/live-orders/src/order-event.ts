import type { EventsOf } from "@aether/core";

/** What can happen to an order, and to the shop that takes orders. */
export type OrderEvent = EventsOf<{
  OrderPlaced: { item: string };
  OrderShipped: { carrier: string };
  ShopClosed: { region: string };
}>;

/** One line about an event. */
export function describe(event: OrderEvent): string {
  switch (event.eventType) {
    case "OrderPlaced":
      return `${event.actorId} was placed: ${event.data.item}`;
    case "OrderShipped":
      return `${event.actorId} was shipped with ${event.data.carrier}`;
    case "ShopClosed":
      return `the shop in ${event.data.region} has closed`;
  }
}
