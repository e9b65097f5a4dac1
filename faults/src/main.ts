import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isReached } from "./minimums.ts";
import { runSuites, type TimedResult } from "./run-suites.ts";
import type { Counts, Figure } from "./suite.ts";
import { suites } from "./suites.ts";
import { versions } from "./versions.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    long: { type: "boolean", default: false },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
    json: { type: "string" },
    only: { type: "string" },
  },
});
const isLong = values.long;
const minutes = Number(values.minutes ?? (isLong ? 60 : 2));
const seed = Number(values.seed);
if (!(minutes > 0)) exitWithUsageError(`--minutes must be a number above 0, but is ${values.minutes}`);
if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
  exitWithUsageError(`--seed must be an integer from 0 to 2^32 - 1, but is ${values.seed}`);
}
const wanted = values.only?.split(",");
const unknown = wanted?.filter((name) => suites.every((suite) => suite.name !== name)) ?? [];
if (unknown.length > 0) {
  exitWithUsageError(`unknown suite: ${unknown.join(", ")}. Suites: ${suites.map(({ name }) => name).join(", ")}`);
}

const stop = new AbortController();
process.once("SIGINT", () => stop.abort(new Error("interrupted")));
process.once("SIGTERM", () => stop.abort(new Error("terminated")));

const environment = await versions();
console.log(
  Object.entries({ [isLong ? "minutes (limit)" : "minutes"]: minutes, seed, ...environment })
    .map((entry) => entry.join(" "))
    .join(", "),
);
const startedAt = new Date().toISOString();
const results = await runSuites(
  suites.filter(({ name }) => wanted === undefined || wanted.includes(name)),
  { budgetMs: minutes * 60_000, isLong, seed, signal: stop.signal, log: (line) => console.log(line) },
);
results.forEach(print);
const violations = results.reduce((sum, result) => sum + result.violations.length, 0);
const missed = results.reduce((sum, { goals = [] }) => sum + goals.filter((goal) => !isReached(goal)).length, 0);
const report = { startedAt, minutes, seed, violations, versions: environment, suites: results };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
if (missed > 0) console.error(`minimums that the long run did not reach: ${missed}`);
console.log(`${violations} violations. To repeat: --seed ${seed}`);
process.exitCode = violations > 0 || missed > 0 || stop.signal.aborted ? 1 : 0;
// Nothing is open at this point. Without the explicit exit, Node 20 sometimes busy-waits forever in uv_run, which
// Environment::CleanupHandles calls. On a loaded machine, this happened after two of three runs.
process.once("beforeExit", () => process.exit());
// A client may leak a connection, which keeps the process alive. Then print the open resources and exit.
setTimeout(() => {
  console.error(`still open: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit();
}, 30_000).unref();

function print({ name, seconds, figures, violations, goals = [] }: TimedResult): void {
  console.log(`\n${name} (${seconds} s): ${violations.length === 0 ? "no violations" : "VIOLATED"}`);
  for (const [label, figure] of Object.entries(figures)) console.log(`  ${label}: ${show(figure)}`);
  for (const goal of goals) {
    const { figure, minimum, reached } = goal;
    const outcome = isReached(goal) ? "reached" : "NOT REACHED";
    console.log(`  ${outcome}: ${figure}, ${reached.toLocaleString("en")} of ${minimum.toLocaleString("en")}`);
  }
  for (const violation of violations.slice(0, 50)) console.error(`  VIOLATION: ${violation}`);
  if (violations.length > 50) console.error(`  and ${violations.length - 50} more`);
}

function show(figure: Figure): string {
  if (typeof figure !== "object") return figure.toLocaleString("en");
  const entries = Object.entries<number | Counts>(figure);
  const isTable = entries.some(([, value]) => typeof value === "object");
  return isTable
    ? entries.map(([row, value]) => `\n    ${row}: ${show(value)}`).join("")
    : entries.map(([label, value]) => `${label} ${show(value)}`).join(", ");
}

function exitWithUsageError(message: string): never {
  console.error(message);
  process.exit(2);
}
