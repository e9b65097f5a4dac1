import type { EventsOf, NewEvent } from "@aether/core";

export type CountEvent = EventsOf<{ Counted: { readonly n: number }; Deleted: { readonly n: number } }>;

/** Returns the event with a number. The events of nine actors follow each other. */
export function countEvent(n: number): NewEvent<CountEvent> {
  const [actor, version] = [(n - 1) % 9, Math.floor((n - 1) / 9) + 1];
  const eventType = n % 11 === 0 ? "Deleted" : "Counted";
  return { actorId: `actor-${actor}`, version, eventType, data: { n } } as NewEvent<CountEvent>;
}

/** Folds an event in the same way as the processes in the folder `processes` do. */
export function foldCount(into: Map<string, number>, { actorId, eventType, data: { n } }: NewEvent<CountEvent>): void {
  for (const id of [actorId, `group-${n % 7}`]) {
    if (eventType === "Deleted") into.delete(id);
    else into.set(id, ((into.get(id) ?? 0) * 3 + n) % 1_000_003);
  }
}
