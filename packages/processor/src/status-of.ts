import type { Event } from "@aether/core";
import type { Counters } from "./handling/counters.ts";
import type { PartitionRun } from "./handling/partition-run.ts";
import { describeError } from "./state/park-index.ts";
import type { EventInFlight, ProcessorState, ProcessorStatus } from "./status.ts";

export interface StatusParts<E extends Event> {
  readonly name: string;
  readonly state: ProcessorState;
  readonly runs: readonly PartitionRun<E>[];
  readonly counters: Counters;
  readonly problem: unknown;
  /** Time on the clock of the processor. */
  readonly nowMs: number;
}

/** Assembles the status of a processor. */
export function statusOf<E extends Event>(parts: StatusParts<E>): ProcessorStatus {
  const { name, state, runs, counters, problem, nowMs } = parts;
  const partitions = runs.map(({ status }) => status);
  const sum = (count: (run: PartitionRun<E>) => number): number => runs.reduce((total, run) => total + count(run), 0);
  const lagEvents = partitions.reduce((total, { waitingEvents }) => total + waitingEvents, 0);
  return {
    name,
    state,
    partitions,
    handledEvents: counters.handledEvents,
    failedAttempts: counters.failedAttempts,
    parkings: counters.parkings,
    parkedActors: partitions.reduce((total, { parkedActors }) => total + parkedActors, 0),
    skippedRecords: counters.skippedRecords,
    takeovers: counters.takeovers,
    lostLeases: counters.lostLeases,
    handlersInFlight: sum(({ inFlight }) => inFlight.size),
    oldestInFlight: oldestInFlight(runs, nowMs),
    eventsPerSecond: counters.rate(nowMs),
    isCaughtUp: partitions.length > 0 && lagEvents === 0 && partitions.every(({ isCaughtUp }) => isCaughtUp),
    lagEvents,
    lagMs: lagMs(runs),
    problem: problem === undefined ? undefined : describeError(problem).message,
  };
}

function oldestInFlight<E extends Event>(runs: readonly PartitionRun<E>[], nowMs: number): EventInFlight | undefined {
  const [oldest] = runs
    .flatMap(({ inFlight }) => inFlight.oldest ?? [])
    .sort((one, other) => one.startedMs - other.startedMs);
  if (oldest === undefined) return undefined;
  const { actorId, position, attempt, startedMs } = oldest;
  return { actorId, position, attempt, runningMs: nowMs - startedMs };
}

/** Returns the age of the oldest event that is not handled, by the clock of this computer. */
function lagMs<E extends Event>(runs: readonly PartitionRun<E>[]): number {
  const ages = runs
    .map(({ oldestTimestamp }) => (oldestTimestamp === undefined ? 0 : Date.now() - Date.parse(oldestTimestamp)))
    .filter(Number.isFinite);
  return ages.reduce((oldest, age) => Math.max(oldest, age), 0);
}
