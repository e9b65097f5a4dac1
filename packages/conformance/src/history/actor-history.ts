import type { History, HistoryViolation, RecordedEvent, RecordedOperation, RecordedSave } from "./history.ts";

/** Receives the violations that a check finds. */
export type Report = (violation: HistoryViolation) => void;

/** The part of a history that belongs to one actor. */
export interface ActorHistory {
  readonly actorId: string;
  readonly operations: readonly RecordedOperation[];
  /** The saves among the operations. */
  readonly saves: readonly RecordedSave[];
  /** The events that are stored in the end, in the order of the store. */
  readonly stored: readonly RecordedEvent[];
}

/** Splits a history by actor. */
export function* splitByActor({ operations, contents }: History): Generator<ActorHistory, void, undefined> {
  const operationsOf = groupBy(operations, ({ actorId }) => actorId);
  for (const actorId of new Set([...operationsOf.keys(), ...contents.keys()])) {
    const own = operationsOf.get(actorId) ?? [];
    const saves = own.filter((operation) => operation.kind === "save");
    yield { actorId, operations: own, saves, stored: contents.get(actorId) ?? [] };
  }
}

/** Groups items by key. Keys and items keep their order. */
export function groupBy<Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Identifies an event at a version, among the events of one actor. */
export function keyOf({ id, version }: RecordedEvent): string {
  return `${version} ${id}`;
}

/** Returns true if the store confirmed that the events of the save are stored. */
export function isAcknowledged({ outcome }: RecordedSave): boolean {
  return outcome === "ok" || outcome === "same-event";
}

/** The index of the first event whose version is not below `version`, by binary search. */
export function firstIndexFrom(events: readonly RecordedEvent[], version: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.version ?? 0) < version) low = middle + 1;
    else high = middle;
  }
  return low;
}
