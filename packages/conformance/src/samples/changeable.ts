/** An event that its owner can change at every depth. */
export interface Changeable {
  id: string;
  eventType: string;
  actorId: string;
  version: number;
  data: { total: number; lines: unknown[] };
  metadata: Record<string, string>;
  timestamp: string;
}

export function changeable(): Changeable {
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

/** Changes it at every depth. */
export function change(one: Changeable): void {
  (one.data.lines[0] as { price: number; tags: string[] }).price = 2;
  (one.data.lines[0] as { price: number; tags: string[] }).tags.push("changed");
  one.data.lines.push("changed");
  one.data.total = 2;
  one.metadata.traceId = "changed";
  one.metadata.more = "changed";
  one.eventType = "Changed";
  one.id = "changed";
  one.timestamp = "1999-01-01T00:00:00Z";
  one.version = 9;
  one.actorId = "changed";
  one.data = { total: 3, lines: [] };
}
