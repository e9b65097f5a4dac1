import type { EventsOf } from "@aether/core";

/** The events of orders and of the shops, one in each region. */
export type OrderEvent = EventsOf<{
  OrderPlaced: { item: string };
  OrderShipped: { carrier: string };
  ShopClosed: { region: string };
}>;

/** Describes an event in one line. */
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
