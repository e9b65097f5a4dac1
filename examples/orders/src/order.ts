import type { EventsOf } from "@aether/core";

/** What can happen to an order. Said once; every save and every read is checked against it. */
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

/** State is a fold over events: the one function that gives them meaning. */
export function evolve(order: Order, event: OrderEvent): Order {
  switch (event.eventType) {
    case "OrderPlaced":
      return { status: "placed", items: event.data.items };
    case "OrderShipped":
      return { ...order, status: "shipped", carrier: event.data.carrier };
  }
}
