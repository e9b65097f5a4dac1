import type { EventStored } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import type { OrderEvent } from "./orders.ts";
import { receiveAnnouncements, useBus } from "./use-bus.ts";
import { useStores } from "./use-stores.ts";

/** Uses the stores and the bus in memory. */
export async function useMemory(): Promise<void> {
  const bus = new MemoryEventBus<OrderEvent | EventStored<OrderEvent>>();
  await useBus(bus, bus);
  const announced = await receiveAnnouncements(bus);
  await useStores(new MemoryEventStore<OrderEvent>({ bus, busNamespace: "announcements" }), new MemoryDocumentStore());
  await announced();
  await bus.close();
}
