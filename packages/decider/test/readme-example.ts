import type { EventsOf } from "@aether/core";
import { type CommandsOf, commandHandler, defineDecider } from "@aether/decider";
import { MemoryEventStore } from "@aether/store-memory";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;
type OrderCommand = CommandsOf<{ PlaceOrder: { item: string }; ShipOrder: { carrier: string } }>;
type Order = { status: "none" | "placed" | "shipped" };

const orders = defineDecider<OrderEvent, OrderCommand, Order>({
  initialState: { status: "none" },
  decide: {
    PlaceOrder: (order, { item }, { event }) => {
      if (order.status === "none") return event("OrderPlaced", { item });
    },
    ShipOrder: (order, { carrier }, { event }) => {
      if (order.status === "none") throw new Error("there is no such order");
      if (order.status === "placed") return event("OrderShipped", { carrier }); // otherwise nothing is left to do
    },
  },
  evolve: {
    OrderPlaced: () => ({ status: "placed" }),
    OrderShipped: () => ({ status: "shipped" }),
  },
});

const handler = commandHandler(new MemoryEventStore<OrderEvent>(), orders);
await handler.handle("order-1", { type: "PlaceOrder", item: "lamp" });
const { events, state, version } = await handler.handle("order-1", { type: "ShipOrder", carrier: "DHL" });
console.log(`${events[0]?.eventType}: the order is ${state.status}, at version ${version}`);
await handler.handle("order-2", { type: "ShipOrder", carrier: "DHL" }).catch((error) => console.log(error.message));
