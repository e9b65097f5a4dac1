import type { EventsOf } from "@aether/core";
import { appendWithRetry } from "@aether/retry";
import { MemoryEventStore } from "@aether/store-memory";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;

const store = new MemoryEventStore<OrderEvent>();
await appendWithRetry(store, "order-1", () => ({ eventType: "OrderPlaced", data: { item: "lamp" } }));

const ship = (carrier: string) =>
  appendWithRetry(store, "order-1", async ({ events, conflict }) => {
    if (conflict) console.log(`${carrier} lost the race and decides again`);
    if ((await events()).some(({ eventType }) => eventType === "OrderShipped")) return; // nothing left to do
    return { eventType: "OrderShipped", data: { carrier } };
  });

const [dhl, ups] = await Promise.all([ship("DHL"), ship("UPS")]); // both read version 1 and try to save version 2
console.log(`DHL shipped: ${dhl.saved}, UPS shipped: ${ups.saved}`);
