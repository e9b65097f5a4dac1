import { type ActorHistory, isAcknowledged, keyOf, type Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedOperation, RecordedSave } from "./history.ts";

/** For the key of each event, the time when the event was first sent. */
type SentTimes = ReadonlyMap<string, number>;

/** Checks that version order, conflicts and reads agree with the times when the events were sent. */
export function checkTimes({ actorId, operations, saves, stored }: ActorHistory, report: Report): void {
  const sentAt = sentTimesOf(saves);
  checkVersionOrder(actorId, saves, stored, sentAt, report);
  checkConflicts(saves, stored, sentAt, report);
  for (const operation of operations) checkReadIsNotEarly(operation, sentAt, report);
}

function sentTimesOf(saves: readonly RecordedSave[]): SentTimes {
  const sentAt = new Map<string, number>();
  for (const { events, startedAt } of saves) {
    for (const event of events) {
      const key = keyOf(event);
      sentAt.set(key, Math.min(startedAt, sentAt.get(key) ?? startedAt));
    }
  }
  return sentAt;
}

/**
 * Returns the time when an event was first sent. For an event that no client sent, it is the earliest possible time.
 */
function sentTime(event: RecordedEvent, sentAt: SentTimes): number {
  return sentAt.get(keyOf(event)) ?? Number.NEGATIVE_INFINITY;
}

/** Checks that no event was sent after its version, or a higher one, had been acknowledged. */
function checkVersionOrder(
  actorId: string,
  saves: readonly RecordedSave[],
  stored: readonly RecordedEvent[],
  sentAt: SentTimes,
  report: Report,
): void {
  const acknowledged = saves.filter(isAcknowledged).toSorted((left, right) => left.endedAt - right.endedAt);
  let [index, highest] = [0, 0];
  for (const event of stored.toSorted((left, right) => sentTime(left, sentAt) - sentTime(right, sentAt))) {
    const sent = sentTime(event, sentAt);
    for (let next = acknowledged[index]; next !== undefined && next.endedAt < sent; next = acknowledged[++index]) {
      highest = Math.max(highest, next.events.at(-1)?.version ?? 0);
    }
    if (event.version > highest) continue;
    const late = `was sent after version ${highest} had been acknowledged`;
    const reason = `event ${event.id} is stored at version ${event.version}, but ${late}`;
    report({ rule: "version-order", actorId, reason });
  }
}

/**
 * Checks that each conflict has a cause: a stored event with the version of the save or a higher one. The event must
 * have been sent before the conflict was reported.
 */
function checkConflicts(
  saves: readonly RecordedSave[],
  stored: readonly RecordedEvent[],
  sentAt: SentTimes,
  report: Report,
): void {
  const descending = stored
    .map((event) => ({ version: event.version, sent: sentTime(event, sentAt) }))
    .sort((left, right) => right.version - left.version);
  const conflicts = saves
    .flatMap(({ client, actorId, endedAt, outcome, events: [first] }) =>
      outcome === "conflict" && first !== undefined ? [{ client, actorId, endedAt, first }] : [],
    )
    .sort((left, right) => right.first.version - left.first.version);
  let [index, earliest] = [0, Number.POSITIVE_INFINITY];
  for (const { client, actorId, first, endedAt } of conflicts) {
    for (
      let next = descending[index];
      next !== undefined && next.version >= first.version;
      next = descending[++index]
    ) {
      earliest = Math.min(earliest, next.sent);
    }
    if (earliest <= endedAt) continue;
    const highest = descending[0]?.version ?? 0;
    const truth =
      highest < first.version
        ? `the highest version ever stored is ${highest}`
        : "no event at or above this version was stored or in flight at that time";
    const reason = `event ${first.id} was rejected at version ${first.version} with a conflict, but ${truth}`;
    report({ rule: "false-conflict", actorId, client, reason });
  }
}

function checkReadIsNotEarly(operation: RecordedOperation, sentAt: SentTimes, report: Report): void {
  if (operation.kind !== "read") return;
  const { client, actorId, endedAt, events } = operation;
  const early = events.find((event) => sentTime(event, sentAt) > endedAt);
  if (early === undefined) return;
  const reason = `${client} read event ${early.id} at version ${early.version} before any client had sent it`;
  report({ rule: "inconsistent-read", actorId, client, reason });
}
