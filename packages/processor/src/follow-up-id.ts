import type { Event } from "@aether/core";
import { v5 as uuidV5 } from "uuid";

/** Namespace of the ids. It must never change. */
const NAMESPACE = "5d3c2a57-6a0e-5f0e-9d6f-0b1f0f5f9f10";

/**
 * Returns a stable id for an event that follows from another one: the same event and label always give the same id (a
 * UUID of version 5). If a handler saves its events with such ids, a repeated save ends as a version conflict with
 * `sameEvent`, or is found in the history. So the reaction is stored exactly once.
 *
 * @param label - name of the reaction, unique among the reactions to the event
 *
 * @example
 * ```ts
 * const id = followUpId(event, "ship");
 * const data = { carrier: "DHL" };
 * await store.saveEvent({ id, actorId: `shipment-${id}`, version: 1, eventType: "OrderShipped", data });
 * ```
 */
export function followUpId(event: Pick<Event, "id">, label: string): string {
  return uuidV5(JSON.stringify([event.id, label]), NAMESPACE);
}
