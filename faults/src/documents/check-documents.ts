import type { Counter, DocumentReport, Lock } from "./document-report.ts";

/** The documents at the end of a run. */
export interface FinalDocuments {
  readonly counters: Readonly<Record<string, Counter>>;
  readonly lock: Lock | undefined;
}

/**
 * Checks that no acknowledged increment was lost, that no rejected one was stored, that no turn of the lock was given
 * twice, and that no revision had two values. Returns violations.
 */
export function checkDocuments(reports: readonly DocumentReport[], final: FinalDocuments): readonly string[] {
  return [
    ...reports.flatMap(({ worker, unexpected }) => unexpected.map((description) => `${worker}: ${description}`)),
    ...Object.entries(final.counters).flatMap(([id, counter]) => checkCounter(id, counter, reports)),
    ...checkMissing(reports, final),
    ...checkTurns(reports, final.lock),
    ...checkRevisions(reports),
  ];
}

function checkCounter(id: string, { sum, by }: Counter, reports: readonly DocumentReport[]): readonly string[] {
  const violations: string[] = [];
  const total = Object.values(by).reduce((all, count) => all + count, 0);
  if (total !== sum) violations.push(`counter ${id} is ${sum}, but its increments are ${total}`);
  for (const { worker, counters } of reports) {
    const { acknowledged = 0, unknown = 0 } = counters[id] ?? {};
    const stored = by[worker] ?? 0;
    const calls = `${acknowledged} increments of ${worker} were acknowledged, and ${unknown} are unknown`;
    if (stored < acknowledged) violations.push(`counter ${id} lost increments: ${calls}, but it has ${stored}`);
    if (stored > acknowledged + unknown)
      violations.push(`counter ${id} has increments that were rejected: ${calls}, but it has ${stored}`);
  }
  return violations;
}

function checkMissing(reports: readonly DocumentReport[], final: FinalDocuments): readonly string[] {
  const used = new Set(
    reports.flatMap(({ counters }) =>
      Object.entries(counters).flatMap(([id, { acknowledged }]) => (acknowledged > 0 ? [id] : [])),
    ),
  );
  return [...used].filter((id) => final.counters[id] === undefined).map((id) => `counter ${id} does not exist`);
}

function checkTurns(reports: readonly DocumentReport[], lock: Lock | undefined): readonly string[] {
  const violations: string[] = [];
  const owners = new Map<number, string>();
  for (const { worker, turns } of reports) {
    let last = 0;
    for (const turn of turns) {
      const other = owners.get(turn);
      if (other !== undefined) violations.push(`turn ${turn} of the lock was given to ${other} and to ${worker}`);
      if (turn <= last) violations.push(`${worker} got turn ${turn} of the lock after turn ${last}`);
      owners.set(turn, worker);
      last = turn;
    }
  }
  const highest = Math.max(0, ...owners.keys());
  const final = lock?.turn ?? 0;
  if (final < highest) violations.push(`the lock ends at turn ${final}, but turn ${highest} was given`);
  return violations;
}

function checkRevisions(reports: readonly DocumentReport[]): readonly string[] {
  const values = new Map<string, string>();
  const violations: string[] = [];
  for (const { worker, revisions } of reports) {
    for (const [revision, value] of revisions) {
      const known = values.get(revision);
      if (known !== undefined && known !== value)
        violations.push(`revision ${revision} had the values ${known} and, for ${worker}, ${value}`);
      values.set(revision, value);
    }
  }
  return violations;
}
