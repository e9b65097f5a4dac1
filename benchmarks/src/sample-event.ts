import type { Event } from "@aether/core";
import { decodeEvent } from "@aether/store-kit";

const note = "some text of a realistic length here";

/** Returns a complete event with a new id. The event's JSON has about 330 bytes. */
export function sampleEvent(actorId: string, version: number): Event {
  return {
    id: crypto.randomUUID(),
    eventType: "OrderLineAdded",
    actorId,
    version,
    data: { sku: "SKU-1", quantity: 3, price: 12.5, note },
    metadata: { correlationId: "c-1", causationId: "x-1" },
    timestamp: new Date().toISOString(),
  };
}

/** Returns a deeply frozen sample event, like the events that stores return. */
export function frozenEvent(actorId: string, version: number): Event {
  return decodeEvent(sampleEvent(actorId, version));
}
