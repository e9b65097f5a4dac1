import { MemoryEventStore } from "@aether/store-memory";
import type { OrderEvent } from "./order.ts";
import { tour } from "./tour.ts";

const store = new MemoryEventStore<OrderEvent>();
await tour(store, console.log);
await store.close();
