import type {
  History,
  HistoryViolation,
  RecordedEvent,
  RecordedOperation,
  RecordedPage,
  RecordedSave,
} from "./history.ts";

/** Receives the violations that a check finds. */
export type Report = (violation: HistoryViolation) => void;

/** A version of an actor that a client received in a feed. */
export interface FollowedVersion {
  readonly client: string;
  readonly endedAt: number;
  readonly version: number;
}

/** The part of a history that belongs to one actor. */
export interface ActorHistory {
  readonly actorId: string;
  readonly operations: readonly RecordedOperation[];
  /** The saves among the operations. */
  readonly saves: readonly RecordedSave[];
  /** The events that are stored after all calls have ended, in the order in which the store returns them. */
  readonly stored: readonly RecordedEvent[];
  /** The versions that clients received in feeds. */
  readonly followed: readonly FollowedVersion[];
}

/** Splits a history by actor. */
export function* splitByActor(
  operations: readonly RecordedOperation[],
  contents: History["contents"],
  pages: readonly RecordedPage[],
): Generator<ActorHistory, void, undefined> {
  const operationsOf = groupBy(operations, ({ actorId }) => actorId);
  const followedOf = groupBy(
    pages.flatMap(({ client, endedAt, events }) =>
      events.map(({ actorId, version }) => ({ actorId, client, endedAt, version })),
    ),
    ({ actorId }) => actorId,
  );
  for (const actorId of new Set([...operationsOf.keys(), ...contents.keys(), ...followedOf.keys()])) {
    const own = operationsOf.get(actorId) ?? [];
    const saves = own.filter((operation) => operation.kind === "save");
    const [stored, followed] = [contents.get(actorId) ?? [], followedOf.get(actorId) ?? []];
    yield { actorId, operations: own, saves, stored, followed };
  }
}

/** Groups items by key. Groups are in the order of their first items, and items keep their order within a group. */
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

/** Returns a key that identifies an event and its version among the events of one actor. */
export function keyOf({ id, version }: RecordedEvent): string {
  return `${version} ${id}`;
}

/** Returns true if the store acknowledged the save, or reported that its events are already stored. */
export function isAcknowledged({ outcome }: RecordedSave): boolean {
  return outcome === "ok" || outcome === "same-event";
}

/** Returns true if the call may have stored its events: the store acknowledged it, or its outcome is unknown. */
export function mayHaveStored({ outcome }: RecordedSave): boolean {
  return outcome === "ok" || outcome === "unknown";
}

/** Returns true if the store rejected the save with a conflict, even if its events are already stored. */
export function isConflict({ outcome }: RecordedSave): boolean {
  return outcome === "conflict" || outcome === "same-event";
}

/** Returns the index of the first event whose version is not below `version`, by binary search. */
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
