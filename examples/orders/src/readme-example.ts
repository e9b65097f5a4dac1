import { type EventsOf, isVersionConflictError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;
const store = new MemoryEventStore<OrderEvent>();
await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" } });

const ship = (carrier: string) =>
  store.saveEvent({ actorId: "order-1", version: 2, eventType: "OrderShipped", data: { carrier } });
await ship("DHL");
await ship("UPS").catch((error) => console.log(isVersionConflictError(error) && error.message));

const events = await store.getEvents("order-1");
console.log(events.map((event) => (event.eventType === "OrderPlaced" ? event.data.item : event.data.carrier)));
