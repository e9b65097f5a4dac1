import type { TimedResult } from "../run-suites.ts";
import type { Figure } from "../suite.ts";

/** What one run wrote as JSON. */
export interface RunReport {
  readonly startedAt: string;
  readonly minutes: number;
  readonly seed: number;
  readonly violations: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly suites: readonly TimedResult[];
}

/** Of these the highest counts; of all other figures the sum. */
const HIGHEST = /slowest|process|compared|held/;

/** The page about reliability, from the runs that it tells of. */
export function render(runs: readonly RunReport[]): string {
  const violations = runs.reduce((sum, run) => sum + run.violations, 0);
  const results = runs.flatMap(({ suites }) => suites);
  const faults = combined(
    results.flatMap(({ figures }) => (isCounts(figures.faults) ? [figures.faults] : [])),
    "faults",
  );
  const acknowledged = results.reduce((sum, { figures }) => sum + numberOf(figures["events acknowledged"]), 0);
  const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return `# Reliability

What the READMEs promise, tried: \`npm run faults\` kills servers, pauses them, cuts networks in the middle of messages, fills
disks, and holds what every client was told against what is there in the end, with the
[checker](../packages/conformance/README.md#histories-many-clients-and-faults) that any store can be judged with.

**${shown(acknowledged)} acknowledged events, ${shown(struck)} faults, ${shown(violations)} violations.** This page is made by
\`npm run faults:report\` from [the figures of these runs](reliability.json).

## Runs

${table(
  ["begun", "seed", "minutes", "suites", "violations"],
  runs.map((run) => [
    run.startedAt.slice(0, 16).replace("T", " "),
    String(run.seed),
    shown(Math.round(run.suites.reduce((sum, { seconds }) => sum + seconds, 0) / 6) / 10),
    run.suites.map(({ name }) => name).join(", "),
    String(run.violations),
  ]),
)}

On ${unique(
    runs.map(({ versions }) =>
      Object.entries(versions)
        .map((entry) => entry.join(" "))
        .join(", "),
    ),
  ).join("; ")}.

## Faults

${table(
  ["fault", "times"],
  Object.entries(faults).map(([name, count]) => [name, shown(count)]),
)}

## Figures

${unique(results.map(({ name }) => name))
  .map((name) =>
    suiteSection(
      name,
      results.filter((result) => result.name === name),
    ),
  )
  .join("\n\n")}

## What this does not show

All servers ran on one machine: its own crash, a power failure, and disks that lie were not tried, and acknowledged is
[not fsynced](../packages/store-jetstream/README.md#servers). The same seed makes the same choices, not the same races.

In a cluster a reader may be told an earlier version than another process had saved before it asked: a leader that is cut off, or
was paused, answers with what it has until it notices, and JetStream offers no way to ask whether it still is the leader. That is
counted, and is no violation: a save is not misled by it, since the leader of the day decides. It was seen twice in 176,060
saves.
`;
}

function suiteSection(name: string, results: readonly TimedResult[]): string {
  const figures: Record<string, Figure> = {};
  for (const result of results) {
    for (const [what, figure] of Object.entries(result.figures)) {
      if (what === "faults") continue;
      const before = figures[what];
      if (typeof figure === "number") figures[what] = joined(what, numberOf(before), figure);
      else if (isCounts(figure)) figures[what] = combined([isCounts(before) ? before : {}, figure], what);
      else figures[what] = figure;
    }
  }
  const rows = Object.entries(figures).map(([what, figure]) => [what, isCounts(figure) ? list(figure) : shown(figure)]);
  return `### ${name}\n\n${table(["", ""], rows)}`;
}

function combined(counts: readonly Readonly<Record<string, number>>[], what: string): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts)
    for (const [key, count] of Object.entries(each)) sum[key] = joined(what, sum[key] ?? 0, count);
  return sum;
}

function joined(what: string, left: number, right: number): number {
  return HIGHEST.test(what) ? Math.max(left, right) : left + right;
}

function isCounts(figure: Figure | undefined): figure is Readonly<Record<string, number>> {
  return typeof figure === "object";
}

function numberOf(figure: Figure | undefined): number {
  return typeof figure === "number" ? figure : 0;
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${what} ${shown(count)}`)
    .join(", ");
}

function shown(figure: number | string): string {
  return typeof figure === "number" ? figure.toLocaleString("en") : figure;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
