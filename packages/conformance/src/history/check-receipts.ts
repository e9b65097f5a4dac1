import type { ActorHistory, Report } from "./actor-history.ts";
import type { RecordedEvent, RecordedReceipt, RecordedSave } from "./history.ts";
import type { SentTimes } from "./sent-times.ts";

/** An acknowledged event with its position, and the times between which it was stored. */
export interface PositionedEvent {
  readonly actorId: string;
  readonly client: string;
  readonly event: RecordedEvent;
  readonly position: string;
  /** The time when the event was first sent. */
  readonly sentAt: number;
  /** The time when the event was acknowledged. */
  readonly endedAt: number;
}

/** Checks that the receipts of one actor match the saved events. Returns the events with their positions. */
export function checkReceipts({ saves }: ActorHistory, sentAt: SentTimes, report: Report): readonly PositionedEvent[] {
  return saves.flatMap((save) => {
    const { actorId, client, events, outcome, receipts, endedAt } = save;
    if (outcome !== "ok" || receipts === undefined) return [];
    const difference = differenceOf(events, receipts);
    if (difference !== undefined) {
      report({ rule: "wrong-receipt", actorId, client, reason: `${client} saved ${difference}` });
      return [];
    }
    return receipts.map(({ position }, index): PositionedEvent => {
      const event = events[index] as RecordedEvent;
      return { actorId, client, event, position, sentAt: sentAt.earliest(event), endedAt };
    });
  });
}

function differenceOf(events: RecordedSave["events"], receipts: readonly RecordedReceipt[]): string | undefined {
  if (receipts.length !== events.length) return `${events.length} events, but got ${receipts.length} receipts`;
  for (const [index, { id, version }] of events.entries()) {
    const receipt = receipts[index] as RecordedReceipt;
    if (receipt.id === id && receipt.version === version) continue;
    const got = `event ${receipt.id} at version ${receipt.version}`;
    return `event ${id} at version ${version}, but got a receipt for ${got}`;
  }
  return undefined;
}

/**
 * Checks that positions are unique and ascend: within an actor in the order of versions, and in the whole store in the
 * order of the saves that did not overlap.
 */
export function checkPositions(events: readonly PositionedEvent[], report: Report): void {
  checkUnique(events, report);
  checkAscendWithVersions(events, report);
  checkAscendWithTime(events, report);
}

function checkUnique(events: readonly PositionedEvent[], report: Report): void {
  const seen = new Map<string, PositionedEvent>();
  for (const current of events) {
    const earlier = seen.get(current.position);
    seen.set(current.position, current);
    if (earlier === undefined || isSameEvent(earlier, current)) continue;
    reportPair(earlier, current, "have the same position", report);
  }
}

function checkAscendWithVersions(events: readonly PositionedEvent[], report: Report): void {
  const latest = new Map<string, PositionedEvent>();
  for (const current of events.toSorted((left, right) => left.event.version - right.event.version)) {
    const previous = latest.get(current.actorId);
    latest.set(current.actorId, current);
    if (previous === undefined || previous.event.version === current.event.version) continue;
    if (previous.position > current.position) {
      reportPair(previous, current, "have positions that descend although their versions ascend", report);
    }
  }
}

function checkAscendWithTime(events: readonly PositionedEvent[], report: Report): void {
  const byEnd = events.toSorted((left, right) => left.endedAt - right.endedAt);
  let index = 0;
  let highest: PositionedEvent | undefined;
  for (const current of events.toSorted((left, right) => left.sentAt - right.sentAt)) {
    for (let next = byEnd[index]; next !== undefined && next.endedAt < current.sentAt; next = byEnd[++index]) {
      if (highest === undefined || next.position > highest.position) highest = next;
    }
    // Descending positions of one actor are reported with its versions.
    if (highest === undefined || highest.position <= current.position || highest.actorId === current.actorId) continue;
    const late = "have positions that descend although the first was acknowledged before the second was sent";
    reportPair(highest, current, late, report);
  }
}

function isSameEvent(left: PositionedEvent, right: PositionedEvent): boolean {
  return (
    left.actorId === right.actorId && left.event.id === right.event.id && left.event.version === right.event.version
  );
}

function reportPair(first: PositionedEvent, second: PositionedEvent, problem: string, report: Report): void {
  const name = ({ actorId, event }: PositionedEvent): string =>
    `event ${event.id} (actor ${actorId}, version ${event.version})`;
  const positions = `${first.position} and ${second.position}`;
  const reason = `${name(first)} and ${name(second)} ${problem}: ${positions}`;
  report({ rule: "wrong-receipt", actorId: second.actorId, client: second.client, reason });
}
