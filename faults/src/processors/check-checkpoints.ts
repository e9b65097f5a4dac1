import type { Position } from "@aether/core";
import { partitionOf } from "@aether/store-kit";
import { coveredAhead } from "./covered-ahead.ts";
import { doneTimes } from "./done-times.ts";
import { groupBy } from "./group-by.ts";
import type { HandlerCall, HistoryEvent, LeaseState, ParkState, ProcessorHistory } from "./processor-history.ts";
import { Timeline, timelinesOf } from "./timeline.ts";

/**
 * Checks that checkpoints do not go back. Checks that they, and what is stored about the events after them, are never
 * ahead of an event that is neither handled nor parked. Checks that no event is started after it was stored as handled,
 * unless its actor is parked from this event or an earlier one.
 */
export function checkCheckpoints(history: ProcessorHistory): readonly string[] {
  const calls = groupBy(history.calls, ({ partition }) => partition);
  const events = groupBy(history.events, ({ actorId }) => partitionOf(actorId));
  const parks = timelinesOf(history.parks);
  const done = doneTimes(history);
  return [...timelinesOf(history.leases)].flatMap(([partition, { stored }]) => {
    const parked = parks.get(partition) ?? new Timeline<ParkState>([]);
    const sent = history.leases.filter((state) => state.partition === partition);
    const own = events.get(partition) ?? [];
    return [
      ...checkForward(partition, stored),
      ...checkNotAhead({ partition, sent, parked, events: own, done: done.of }),
      ...checkNotAgain({ calls: calls.get(partition) ?? [], stored, parked, events: own }),
    ];
  });
}

function checkForward(partition: number, stored: readonly LeaseState[]): readonly string[] {
  return stored.flatMap(({ checkpoint }, index) => {
    const before = stored[index - 1]?.checkpoint ?? "";
    return (checkpoint ?? "") >= before
      ? []
      : [`the checkpoint of partition ${partition} went back from ${before} to ${checkpoint}`];
  });
}

function checkNotAhead({
  partition,
  sent,
  parked,
  events,
  done,
}: {
  readonly partition: number;
  readonly sent: readonly LeaseState[];
  readonly parked: Timeline<ParkState>;
  readonly events: readonly HistoryEvent[];
  readonly done: (actorId: string, version: number) => number | undefined;
}): readonly string[] {
  const descending = [...sent].sort((one, other) => ((one.checkpoint ?? "") < (other.checkpoint ?? "") ? 1 : -1));
  const violations: string[] = [];
  /** Time when an event was first sent as handled although the checkpoint was before it. */
  const coveredMs = new Map<Position, number>();
  for (const state of sent) {
    for (const position of coveredAhead(state, events))
      coveredMs.set(position, Math.min(coveredMs.get(position) ?? Number.POSITIVE_INFINITY, state.sentMs));
  }
  /** Time when the first checkpoint at or after the event was sent. */
  let checkpointMs = Number.POSITIVE_INFINITY;
  let next = 0;
  for (const { actorId, version, position } of events.toReversed()) {
    for (let state = descending[next]; (state?.checkpoint ?? "") >= position; state = descending[++next]) {
      checkpointMs = Math.min(checkpointMs, state?.sentMs ?? checkpointMs);
    }
    const passedMs = Math.min(checkpointMs, coveredMs.get(position) ?? Number.POSITIVE_INFINITY);
    if (passedMs === Number.POSITIVE_INFINITY || (done(actorId, version) ?? Number.POSITIVE_INFINITY) <= passedMs)
      continue;
    const isParked = parked
      .knownAt(passedMs)
      ?.actors.some((each) => each.actorId === actorId && each.position <= position);
    if (!isParked)
      violations.push(
        `the progress of partition ${partition} was ahead of ${actorId}/${version}, which was not handled or parked`,
      );
  }
  return violations;
}

function checkNotAgain({
  calls,
  stored,
  parked,
  events,
}: {
  readonly calls: readonly HandlerCall[];
  readonly stored: readonly LeaseState[];
  readonly parked: Timeline<ParkState>;
  readonly events: readonly HistoryEvent[];
}): readonly string[] {
  const known = stored
    .map((state) => ({ state, checkpoint: state.checkpoint ?? "", atMs: state.stored?.atMs ?? 0 }))
    .sort((one, other) => one.atMs - other.atMs);
  const violations: string[] = [];
  /** Events that were stored as handled although the checkpoint was before them. */
  const covered = new Set<Position>();
  let checkpoint = "";
  let next = 0;
  for (const { process, actorId, version, position, startMs } of [...calls].sort((a, b) => a.startMs - b.startMs)) {
    for (let state = known[next]; state !== undefined && state.atMs < startMs; state = known[++next]) {
      if (state.checkpoint > checkpoint) checkpoint = state.checkpoint;
      for (const each of coveredAhead(state.state, events)) covered.add(each);
    }
    if (position > checkpoint && !covered.has(position)) continue;
    const isParked = parked
      .possibleAt(startMs)
      .some(({ actors }) =>
        actors.some((each) => each.actorId === actorId && each.position <= position && (each.after ?? "") < position),
      );
    if (!isParked) violations.push(`${process} started ${actorId}/${version} after it was stored as handled`);
  }
  return violations;
}
