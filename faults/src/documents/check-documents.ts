import type { CallCounts, Counter, Lock, ObservationReport, ToggleCounts, WorkerReport } from "./document-report.ts";

/** The results of a run. */
export interface DocumentRun {
  readonly workers: readonly WorkerReport[];
  readonly observations: readonly ObservationReport[];
  /** The documents at the end. */
  readonly final: FinalDocuments;
}

export interface FinalDocuments {
  readonly counters: Readonly<Record<string, Counter>>;
  readonly lock: Lock | undefined;
  /** Ids of the documents that exist, of those that are created and deleted again and again. */
  readonly toggles: readonly string[];
}

/**
 * Checks that no acknowledged write was lost, that no rejected one was stored, that no turn of the lock was given
 * twice, that no revision had two values, and that no revision was replaced twice. Returns violations.
 */
export function checkDocuments({ workers, observations, final }: DocumentRun): readonly string[] {
  return [
    ...workers.flatMap(({ worker, unexpected }) => unexpected.map((description) => `${worker}: ${description}`)),
    ...observations.flatMap(({ process, unexpected }) => unexpected.map((description) => `${process}: ${description}`)),
    ...checkActivity(workers),
    ...Object.entries(final.counters).flatMap(([id, counter]) => checkCounter(id, counter, workers)),
    ...checkMissing(workers, final),
    ...checkToggles(workers, final),
    ...checkTurns(workers, final.lock),
    ...checkRevisions(observations),
    ...checkReplaced(observations),
  ];
}

/** Checks that the run could have found something. */
function checkActivity(workers: readonly WorkerReport[]): readonly string[] {
  const some = (has: (report: WorkerReport) => boolean, what: string): readonly string[] =>
    workers.some(has) ? [] : [`no worker has ${what}`];
  const toggled = (has: (counts: ToggleCounts) => boolean) => (report: WorkerReport) =>
    Object.values(report.toggles).some(has);
  return [
    ...some(
      ({ counters }) => Object.values(counters).some(({ acknowledged }) => acknowledged > 0),
      "increased a counter",
    ),
    ...some(
      toggled(({ created }) => created.acknowledged > 0),
      "created a document",
    ),
    ...some(
      toggled(({ deleted }) => deleted.acknowledged > 0),
      "deleted a document",
    ),
    ...some(({ turns }) => turns.length > 0, "had the lock"),
    ...some(({ conflicts }) => conflicts > 0, "had a conflict"),
  ];
}

function checkCounter(id: string, { sum, by }: Counter, workers: readonly WorkerReport[]): readonly string[] {
  const violations: string[] = [];
  const total = Object.values(by).reduce((all, count) => all + count, 0);
  if (total !== sum) violations.push(`counter ${id} is ${sum}, but its increments are ${total}`);
  for (const { worker, counters } of workers) {
    const { acknowledged = 0, unknown = 0 } = counters[id] ?? {};
    const stored = by[worker] ?? 0;
    const calls = `${acknowledged} increments of ${worker} were acknowledged, and ${unknown} are unknown`;
    if (stored < acknowledged) violations.push(`counter ${id} lost increments: ${calls}, but it has ${stored}`);
    if (stored > acknowledged + unknown)
      violations.push(`counter ${id} has increments that were rejected: ${calls}, but it has ${stored}`);
  }
  return violations;
}

function checkMissing(workers: readonly WorkerReport[], final: FinalDocuments): readonly string[] {
  const used = new Set(
    workers.flatMap(({ counters }) =>
      Object.entries(counters).flatMap(([id, { acknowledged }]) => (acknowledged > 0 ? [id] : [])),
    ),
  );
  return [...used].filter((id) => final.counters[id] === undefined).map((id) => `counter ${id} does not exist`);
}

/** Checks that creations and deletions alternate: a document that exists was created once more than it was deleted. */
function checkToggles(workers: readonly WorkerReport[], final: FinalDocuments): readonly string[] {
  const ids = new Set([...workers.flatMap(({ toggles }) => Object.keys(toggles)), ...final.toggles]);
  return [...ids].flatMap((id) => {
    const created = sumOf(workers.map(({ toggles }) => toggles[id]?.created));
    const deleted = sumOf(workers.map(({ toggles }) => toggles[id]?.deleted));
    const existing = final.toggles.includes(id) ? 1 : 0;
    const lowest = created.acknowledged - deleted.acknowledged - deleted.unknown;
    const highest = created.acknowledged + created.unknown - deleted.acknowledged;
    if (lowest <= existing && existing <= highest) return [];
    const calls = (kind: string, { acknowledged, unknown }: CallCounts): string =>
      `${acknowledged} ${kind} were acknowledged, and ${unknown} are unknown`;
    const state = existing === 1 ? "exists" : "does not exist";
    return [`document ${id} ${state}, but ${calls("creations", created)}; ${calls("deletions", deleted)}`];
  });
}

function sumOf(counts: readonly (CallCounts | undefined)[]): CallCounts {
  return counts.reduce<CallCounts>(
    (sum, each) => ({
      acknowledged: sum.acknowledged + (each?.acknowledged ?? 0),
      unknown: sum.unknown + (each?.unknown ?? 0),
    }),
    { acknowledged: 0, unknown: 0 },
  );
}

function checkTurns(workers: readonly WorkerReport[], lock: Lock | undefined): readonly string[] {
  const violations: string[] = [];
  const owners = new Map<number, string>();
  let highest = 0;
  for (const { worker, turns } of workers) {
    let last = 0;
    for (const turn of turns) {
      const other = owners.get(turn);
      if (other !== undefined) violations.push(`turn ${turn} of the lock was given to ${other} and to ${worker}`);
      if (turn <= last) violations.push(`${worker} got turn ${turn} of the lock after turn ${last}`);
      owners.set(turn, worker);
      last = turn;
      highest = Math.max(highest, turn);
    }
  }
  const final = lock?.turn ?? 0;
  if (final < highest) violations.push(`the lock ends at turn ${final}, but turn ${highest} was given`);
  return violations;
}

function checkRevisions(observations: readonly ObservationReport[]): readonly string[] {
  const known = new Map<string, string>();
  const violations: string[] = [];
  for (const { process, revisions } of observations) {
    for (const [revision, description] of revisions) {
      const other = known.get(revision);
      if (other !== undefined && other !== description)
        violations.push(`revision ${revision} was ${other} and, for ${process}, ${description}`);
      known.set(revision, description);
    }
  }
  return violations;
}

function checkReplaced(observations: readonly ObservationReport[]): readonly string[] {
  const replaced = new Set<string>();
  const violations: string[] = [];
  for (const revision of observations.flatMap((each) => each.replaced)) {
    if (replaced.has(revision)) violations.push(`revision ${revision} was replaced by two acknowledged writes`);
    replaced.add(revision);
  }
  return violations;
}
