import type { EventsOf } from "@aether/core";
import { type CommandsOf, defineDecider } from "@aether/decider";

export type StockEvent = EventsOf<{
  StockReceived: { quantity: number };
  StockReserved: { orderId: string; quantity: number };
  StockReleased: { orderId: string; quantity: number };
}>;

export type StockCommand = CommandsOf<{
  ReceiveStock: { quantity: number };
  ReserveStock: { orderId: string; quantity: number };
  ReleaseStock: { orderId: string; quantity: number };
}>;

export interface Stock {
  readonly available: number;
  /** Reserved quantity by order. */
  readonly reserved: Readonly<Record<string, number>>;
}

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

/** Returns the id of the stock of an article. */
export const stockId = (item: string): string => `stock-${item}`;
