import type { TimedResult } from "../run-suites.ts";
import type { Counts, Figure } from "../suite.ts";
import { combine, figureTables, markdownTable, shown } from "./tables.ts";

/** What one run wrote as JSON. */
export interface RunReport {
  readonly startedAt: string;
  readonly minutes: number;
  readonly seed: number;
  readonly violations: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly suites: readonly TimedResult[];
}

const OUTDATED = "outdated answers about other clients' saves";

/** The page about reliability, from the runs that it tells of. */
export function render(runs: readonly RunReport[]): string {
  const violations = runs.reduce((sum, run) => sum + run.violations, 0);
  const results = runs.flatMap(({ suites }) => suites);
  const faults = results.reduce<Figure>(
    (sum, { figures }) => combine("faults", sum, figures.faults ?? {}),
    {},
  ) as Counts;
  const acknowledged = results.reduce((sum, { figures }) => sum + numberOf(figures["events acknowledged"]), 0);
  const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return `# Reliability

What the READMEs promise, tried: \`npm run faults\` kills servers, pauses them, cuts networks in the middle of messages, fills
disks, and holds what every client was told against what is there in the end, with the
[checker](../packages/conformance/README.md#histories-many-clients-and-faults) that any store can be judged with.

**${shown(acknowledged)} acknowledged events, ${shown(struck)} faults, ${shown(violations)} violations.** This page is made by
\`npm run faults:report\` from [the figures of these runs](reliability.json).

## Runs

${markdownTable(
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

${goalsSection(runs)}## Faults

${markdownTable(
  ["fault", "times"],
  Object.entries(faults).map(([name, count]) => [name, shown(count)]),
)}

## Figures

${unique(results.map(({ name }) => name))
  .map((name) => `### ${name}\n\n${figureTables(results.filter((result) => result.name === name))}`)
  .join("\n\n")}

## What this does not show

All servers ran on one machine: its own crash, a power failure, and disks that lie were not tried, and acknowledged is
[not fsynced](../packages/store-jetstream/README.md#servers). The same seed makes the same choices, not the same races.

In a cluster a reader may miss what another process had saved before it asked: a leader that is cut off, or
was paused, answers with what it has until it notices, and JetStream offers no way to ask whether it still is the leader. That is
counted, and is no violation if it lasts no more than 30 seconds: a save is not misled by it, since the leader of the day
decides.${outdated(results)}
`;
}

function goalsSection(runs: readonly RunReport[]): string {
  const rows = runs.flatMap(({ suites }) =>
    suites.flatMap(({ name, goals = [] }) =>
      goals.map(({ what, minimum, reached }) => [name, what, shown(minimum), shown(reached)]),
    ),
  );
  if (rows.length === 0) return "";
  return `## Minima

A long run goes on until it has reached these, and fails if it does not.

${markdownTable(["suite", "of", "at least", "reached"], rows)}

`;
}

/** What readers were told late, as far as it was counted. */
function outdated(results: readonly TimedResult[]): string {
  const clusters = results.filter(({ figures }) => OUTDATED in figures);
  if (clusters.length === 0) return "";
  const sum = (what: string): number => clusters.reduce((total, { figures }) => total + numberOf(figures[what]), 0);
  return ` Seen: ${shown(sum(OUTDATED))}, in ${shown(sum("reads"))} reads.`;
}

function numberOf(figure: Figure | undefined): number {
  return typeof figure === "number" ? figure : 0;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
