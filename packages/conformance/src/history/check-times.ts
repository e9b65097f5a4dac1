import type { Report } from "./check-contents.ts";
import { keyOf } from "./check-saves.ts";
import type { RecordedEvent, RecordedOperation, RecordedSave } from "./history.ts";

/** What happened after something is not before it: in what is stored, in what was refused, and in what was read. */
export function checkTimes(
  actorId: string,
  operations: readonly RecordedOperation[],
  events: readonly RecordedEvent[],
  report: Report,
): void {
  const saves = operations.filter((operation) => operation.kind === "save");
  const sentAt = firstSent(saves);
  checkOrder(actorId, saves, events, sentAt, report);
  checkConflicts(saves, events, sentAt, report);
  for (const operation of operations) {
    if (operation.kind !== "read") continue;
    const early = operation.events.find((event) => timeOf(event, sentAt) > operation.endedAt);
    if (early === undefined) continue;
    const { client } = operation;
    const reason = `${client} read ${early.id} at version ${early.version} before anyone had sent it`;
    report({ rule: "wrong-read", actorId, client, reason });
  }
}

/** When each event was first sent, by its key. */
function firstSent(saves: readonly RecordedSave[]): ReadonlyMap<string, number> {
  const sentAt = new Map<string, number>();
  for (const { events, startedAt } of saves) {
    for (const event of events) {
      const key = keyOf(event);
      sentAt.set(key, Math.min(startedAt, sentAt.get(key) ?? startedAt));
    }
  }
  return sentAt;
}

/** Of what nobody sent, nobody knows since when it is there. */
function timeOf(event: RecordedEvent, sentAt: ReadonlyMap<string, number>): number {
  return sentAt.get(keyOf(event)) ?? Number.NEGATIVE_INFINITY;
}

/** Who begins when a version has been acknowledged cannot get that one any more, or one below it. */
function checkOrder(
  actorId: string,
  saves: readonly RecordedSave[],
  events: readonly RecordedEvent[],
  sentAt: ReadonlyMap<string, number>,
  report: Report,
): void {
  const acknowledged = saves
    .filter(({ outcome }) => outcome === "ok" || outcome === "same-event")
    .toSorted((left, right) => left.endedAt - right.endedAt);
  let [index, highest] = [0, 0];
  for (const event of events.toSorted((left, right) => timeOf(left, sentAt) - timeOf(right, sentAt))) {
    const begin = timeOf(event, sentAt);
    for (let next = acknowledged[index]; next !== undefined && next.endedAt < begin; next = acknowledged[++index]) {
      highest = Math.max(highest, next.events.at(-1)?.version ?? 0);
    }
    if (event.version > highest) continue;
    const reason = `${event.id} is there at version ${event.version}, and was sent when ${highest} had been acknowledged`;
    report({ rule: "version-order", actorId, reason });
  }
}

/** Who is refused is refused for what is there, and was on its way by then. */
function checkConflicts(
  saves: readonly RecordedSave[],
  events: readonly RecordedEvent[],
  sentAt: ReadonlyMap<string, number>,
  report: Report,
): void {
  const descending = events
    .map(({ version }, index) => ({ version, time: timeOf(events[index] as RecordedEvent, sentAt) }))
    .sort((left, right) => right.version - left.version);
  const refused = saves
    .filter(({ outcome, events: [first] }) => outcome === "conflict" && first !== undefined)
    .map((save) => ({ ...save, first: save.events[0] as RecordedEvent }))
    .sort((left, right) => right.first.version - left.first.version);
  let [index, earliest] = [0, Number.POSITIVE_INFINITY];
  for (const { client, actorId, first, endedAt } of refused) {
    for (
      let next = descending[index];
      next !== undefined && next.version >= first.version;
      next = descending[++index]
    ) {
      earliest = Math.min(earliest, next.time);
    }
    if (earliest <= endedAt) continue;
    const what = `${first.id} was refused at version ${first.version}, but`;
    const highest = descending[0]?.version ?? 0;
    const reason =
      highest < first.version
        ? `${what} the highest that there ever was is ${highest}`
        : `${what} nothing was there or on its way that reached it`;
    report({ rule: "unfounded-conflict", actorId, client, reason });
  }
}
