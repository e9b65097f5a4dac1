import { randomUUID } from "node:crypto";
import { EVENT_STORED, type EventStored, type NewEvent, type SaveReceipt } from "@aether/core";
import type { OrderEvent } from "./order-event.ts";

/** The announcement that an event was saved: it says where the event is, and leaves it to others to read it. */
export function announcementOf(
  { actorId }: NewEvent<OrderEvent>,
  { id, version, timestamp }: SaveReceipt,
): EventStored {
  return {
    id: randomUUID(),
    eventType: EVENT_STORED,
    actorId,
    version,
    data: { eventId: id, actorId, version, timestamp },
    timestamp: new Date().toISOString(),
  };
}
