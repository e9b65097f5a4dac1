import type { Event } from "@aether/core";

/** Returns a complete event, identified by its version. */
export function eventOf(version: number, fields: Partial<Event> = {}): Event {
  return {
    id: `event-${version}`,
    eventType: "Tested",
    actorId: "actor-1",
    version,
    data: {},
    timestamp: "2026-11-24T12:00:00Z",
    ...fields,
  };
}

export function eventsUpTo(count: number): readonly Event[] {
  return Array.from({ length: count }, (_, index) => eventOf(index + 1));
}
