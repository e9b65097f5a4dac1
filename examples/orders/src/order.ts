import type { EventsOf } from "@aether/core";

/** The events of an order. The compiler checks every save and every read against these types. */
export type OrderEvent = EventsOf<{
  OrderPlaced: { customer: string; items: string[] };
  OrderShipped: { carrier: string };
}>;

export interface Order {
  readonly status: "none" | "placed" | "shipped";
  readonly items: readonly string[];
  readonly carrier?: string;
}

export const noOrder: Order = { status: "none", items: [] };

/** Returns the state of an order after one more event. Applied to all events in order, it gives the current state. */
export function evolve(order: Order, event: OrderEvent): Order {
  switch (event.eventType) {
    case "OrderPlaced":
      return { status: "placed", items: event.data.items };
    case "OrderShipped":
      return { ...order, status: "shipped", carrier: event.data.carrier };
  }
}
