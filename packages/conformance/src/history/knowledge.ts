import { type ActorHistory, isAcknowledged, isConflict } from "./actor-history.ts";
import type { RecordedOperation } from "./history.ts";

/** A version that a call reported as stored: when the call ended, an event at this version or above was stored. */
export interface Knowledge {
  readonly client: string;
  readonly endedAt: number;
  readonly version: number;
  readonly source: "saved" | "seen";
}

/** Returns the highest version that a call reported as stored. It is 0 if the call reported none. */
function knowledgeFrom(operation: RecordedOperation): Knowledge {
  const { client, endedAt } = operation;
  if (operation.kind === "latest-version") return { client, endedAt, version: operation.version, source: "seen" };
  const last = operation.events.at(-1)?.version ?? 0;
  if (operation.kind === "read") return { client, endedAt, version: last, source: "seen" };
  if (isConflict(operation)) {
    const taken = isAcknowledged(operation) ? last : (operation.events[0]?.version ?? 0);
    return { client, endedAt, version: Math.max(taken, operation.currentVersion ?? 0), source: "seen" };
  }
  return { client, endedAt, version: isAcknowledged(operation) ? last : 0, source: "saved" };
}

/** Returns everything that calls and feeds reported as stored of an actor. */
export function knowledgeOf({ operations, followed }: ActorHistory): readonly Knowledge[] {
  return [...operations.map(knowledgeFrom), ...followed.map((each) => ({ ...each, source: "seen" as const }))];
}

/** Pairs each item with the highest version that was already known at its time. */
export function* knownBefore<Item>(
  items: readonly Item[],
  timeOf: (item: Item) => number,
  knowledge: readonly Knowledge[],
): Generator<{ readonly item: Item; readonly known: Knowledge }, void, undefined> {
  const byEnd = knowledge.toSorted((left, right) => left.endedAt - right.endedAt);
  let index = 0;
  let highest: Knowledge | undefined;
  for (const item of items.toSorted((left, right) => timeOf(left) - timeOf(right))) {
    const time = timeOf(item);
    for (let next = byEnd[index]; next !== undefined && next.endedAt < time; next = byEnd[++index]) {
      if (next.version > (highest?.version ?? 0)) highest = next;
    }
    if (highest !== undefined) yield { item, known: highest };
  }
}
