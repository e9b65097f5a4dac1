/** An event whose owner can change it at every depth. */
export interface MutableEvent {
  id: string;
  eventType: string;
  actorId: string;
  version: number;
  data: { total: number; lines: unknown[] };
  metadata: Record<string, string>;
  timestamp: string;
}

/** Creates a mutable event. All events that it creates are equal. */
export function mutableEvent(): MutableEvent {
  return {
    id: "a#1",
    eventType: "Tested",
    actorId: "a",
    version: 1,
    data: { total: 1, lines: [{ price: 1, tags: ["new"] }] },
    metadata: { traceId: "t" },
    timestamp: "2024-02-29T12:00:00Z",
  };
}

/** Changes every part of an event. */
export function mutateEvent(event: MutableEvent): void {
  const [line] = event.data.lines as [{ price: number; tags: string[] }];
  line.price = 2;
  line.tags.push("changed");
  event.data.lines.push("changed");
  event.data.total = 2;
  event.metadata.traceId = "changed";
  event.metadata.more = "changed";
  event.eventType = "Changed";
  event.id = "changed";
  event.timestamp = "1999-01-01T00:00:00Z";
  event.version = 9;
  event.actorId = "changed";
  event.data = { total: 3, lines: [] };
}

/** Returns the names of the frozen objects in an event. */
export function frozenPartsOf(event: Pick<MutableEvent, "data" | "metadata">): readonly string[] {
  const parts = { event, data: event.data, lines: event.data.lines, metadata: event.metadata };
  return Object.entries(parts).flatMap(([name, part]) => (Object.isFrozen(part) ? [name] : []));
}
