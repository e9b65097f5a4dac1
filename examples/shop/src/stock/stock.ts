import type { EventsOf } from "@aether/core";
import { type CommandsOf, defineDecider } from "@aether/decider";

type Quantity = { quantity: number };
type Reservation = { orderId: string; quantity: number };

export type StockEvent = EventsOf<{ StockReceived: Quantity; StockReserved: Reservation; StockReleased: Reservation }>;
export type StockCommand = CommandsOf<{ ReceiveStock: Quantity; ReserveStock: Reservation; ReleaseStock: Reservation }>;

/** The available quantity of an article, and the reserved one of each order. */
export type Stock = { readonly available: number; readonly reserved: Readonly<Record<string, number>> };

/** More was ordered than is available. */
export class OutOfStock extends Error {}

/** The rules of the stock of one article. */
export const stock = defineDecider<StockEvent, StockCommand, Stock>({
  initialState: { available: 0, reserved: {} },
  decide: {
    ReceiveStock: (_, { quantity }, { event }) => event("StockReceived", { quantity }),
    ReserveStock: ({ available }, { orderId, quantity }, { event, actorId }) => {
      if (quantity > available) throw new OutOfStock(`${actorId}: ${quantity} wanted, ${available} available`);
      return event("StockReserved", { orderId, quantity });
    },
    ReleaseStock: ({ reserved }, { orderId }, { event }) => {
      const quantity = reserved[orderId];
      return quantity === undefined ? undefined : event("StockReleased", { orderId, quantity });
    },
  },
  evolve: {
    StockReceived: (state, { data }) => ({ ...state, available: state.available + data.quantity }),
    StockReserved: ({ available, reserved }, { data: { orderId, quantity } }) => {
      return { available: available - quantity, reserved: { ...reserved, [orderId]: quantity } };
    },
    StockReleased: ({ available, reserved }, { data: { orderId, quantity } }) => {
      const { [orderId]: _, ...others } = reserved;
      return { available: available + quantity, reserved: others };
    },
  },
});

export const stockId = (item: string): string => `stock-${item}`;
