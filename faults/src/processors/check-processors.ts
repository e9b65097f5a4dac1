import { checkCheckpoints } from "./check-checkpoints.ts";
import { checkOrder } from "./check-order.ts";
import { checkOwners } from "./check-owners.ts";
import { doneTimes } from "./done-times.ts";
import { groupBy } from "./group-by.ts";
import type { ProcessorHistory } from "./processor-history.ts";
import { timelinesOf } from "./timeline.ts";

/** Numbers of what happened in a run. */
export interface ProcessorActivity {
  readonly "events handled": number;
  readonly "events handled again": number;
  readonly "events discarded": number;
  readonly "checkpoints stored": number;
  readonly "leases taken": number;
  readonly "leases taken from processes that did not release them": number;
  readonly "actors parked": number;
  readonly "parked events handled by a retry": number;
}

/** Minimums that a run must reach. Otherwise it could not have found anything. */
const LEAST: Partial<ProcessorActivity> = {
  "events handled": 200,
  "events discarded": 1,
  "checkpoints stored": 50,
  "leases taken from processes that did not release them": 1,
  "actors parked": 1,
  "parked events handled by a retry": 1,
};

/**
 * Checks the guarantees of a processor in several processes: every event is handled, in order per actor, only by the
 * owner of its partition, and not again after the checkpoint, which is never ahead. Returns violations.
 *
 * @param faults - numbers of faults that were injected, each of which must be above 0
 */
export function checkProcessors(
  history: ProcessorHistory,
  faults: Readonly<Record<string, number>>,
): { readonly violations: readonly string[]; readonly activity: ProcessorActivity } {
  const activity = activityOf(history);
  return {
    violations: [
      ...checkComplete(history),
      ...checkOrder(history),
      ...checkOwners(history),
      ...checkCheckpoints(history),
      ...checkReset(history),
      ...checkActivity({ ...faults }, { ...activity }),
    ],
    activity,
  };
}

/** Checks that no event is handled after the reset of the store: the checkpoints do not fit the events there. */
function checkReset({ calls, resetMs }: ProcessorHistory): readonly string[] {
  return calls
    .filter(({ startMs }) => startMs > resetMs)
    .map(({ process, actorId, version }) => `${process} started ${actorId}/${version} after a reset of the store`);
}

/** Checks that every event is handled or discarded, and that no wait ended before that. */
function checkComplete(history: ProcessorHistory): readonly string[] {
  const { events, acknowledged, waits } = history;
  const done = doneTimes(history);
  const violations: string[] = [];
  const latest = new Map<string, number>();
  for (const { actorId, version, position } of events) {
    latest.set(actorId, version);
    const doneMs = done.of(actorId, version);
    if (doneMs === undefined) violations.push(`${actorId}/${version} was never handled`);
    for (const wait of waits) {
      if (position <= wait.position && wait.reportedMs < (doneMs ?? Number.POSITIVE_INFINITY))
        violations.push(
          `a wait reported that everything up to ${wait.position} is handled before ${actorId}/${version} was`,
        );
    }
  }
  for (const [actorId, version] of Object.entries(acknowledged)) {
    if ((latest.get(actorId) ?? 0) < version)
      violations.push(`${actorId}/${version} was acknowledged but is not in the store`);
  }
  return violations;
}

function activityOf(history: ProcessorHistory): ProcessorActivity {
  const { calls, discards, leases, parks } = history;
  const handled = calls.filter(({ end }) => end?.outcome === "handled");
  const timesHandled = new Map<string, number>();
  for (const { position } of handled) timesHandled.set(position, (timesHandled.get(position) ?? 0) + 1);
  const failedMs = new Map<string, number>();
  const parkings = new Set<string>();
  for (const { actors, sentMs } of parks) {
    for (const { actorId, position } of actors) {
      parkings.add(`${actorId} ${position}`);
      failedMs.set(position, Math.min(failedMs.get(position) ?? sentMs, sentMs));
    }
  }
  const takes = [...timelinesOf(leases).values()].flatMap(({ stored }) =>
    stored.flatMap((state, index) => {
      const before = stored[index - 1];
      return before?.token === state.token ? [] : [before !== undefined && !before.isReleased];
    }),
  );
  return {
    "events handled": timesHandled.size,
    "events handled again": handled.length - timesHandled.size,
    "events discarded": new Set(discards.map(({ actorId, version }) => `${actorId}/${version}`)).size,
    "checkpoints stored": [...groupBy(leases, ({ partition }) => partition).values()].reduce(
      (sum, states) => sum + new Set(states.filter(({ stored }) => stored).map(({ checkpoint }) => checkpoint)).size,
      0,
    ),
    "leases taken": takes.length,
    "leases taken from processes that did not release them": takes.filter((isCrash) => isCrash).length,
    "actors parked": parkings.size,
    "parked events handled by a retry": handled.filter(
      ({ position, startMs }) => (failedMs.get(position) ?? Number.POSITIVE_INFINITY) < startMs,
    ).length,
  };
}

function checkActivity(
  faults: Readonly<Record<string, number>>,
  activity: Readonly<Record<string, number>>,
): readonly string[] {
  return [
    ...Object.entries(faults).flatMap(([fault, count]) =>
      count > 0 ? [] : [`no fault of the kind "${fault}" was injected`],
    ),
    ...Object.entries(LEAST).flatMap(([figure, least]) =>
      (activity[figure] ?? 0) >= least ? [] : [`too little happened: ${figure}: ${activity[figure] ?? 0} of ${least}`],
    ),
  ];
}
