import { MemoryEventStore } from "@aether/store-memory";
import type { PaymentEvent } from "./payments.ts";
import type { Place } from "./schedule.ts";

class SynchronousStore extends MemoryEventStore<PaymentEvent> {
  latestNow(actorId: string): number {
    return this.latestVersion(actorId);
  }
}

/** Creates a store in memory that two or three handlers share. */
export function memoryPlace(seed: number): Place {
  const actorId = "account-1";
  const store = new SynchronousStore();
  const stores = seed % 2 === 0 ? [store, store] : [store, store, store];
  return { actorId, stores, latestVersion: () => store.latestNow(actorId) };
}
