import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isReached } from "./minima.ts";
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
if (!(minutes > 0)) refuse(`--minutes takes a number above 0, not ${values.minutes}`);
if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) refuse(`--seed takes an integer from 0 to 2^32 - 1`);
const wanted = values.only?.split(",");
const unknown = wanted?.filter((name) => suites.every((suite) => suite.name !== name)) ?? [];
if (unknown.length > 0) refuse(`there is no suite ${unknown}; there are ${suites.map(({ name }) => name).join(", ")}`);

const stop = new AbortController();
process.once("SIGINT", () => stop.abort(new Error("interrupted")));
process.once("SIGTERM", () => stop.abort(new Error("terminated")));

const about = await versions();
console.log(
  Object.entries({ [isLong ? "at most minutes" : "minutes"]: minutes, seed, ...about })
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
const report = { startedAt, minutes, seed, violations, versions: about, suites: results };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
if (missed > 0) console.error(`${missed} minima of a long run were not reached`);
console.log(`${violations} violations; again with --seed ${seed}`);
process.exitCode = violations > 0 || missed > 0 || stop.signal.aborted ? 1 : 0;
// Nothing is open when this is called. Left alone, Node 20 then sometimes waits for ever, busily, for a request in its own
// books (uv_run, called by Environment::CleanupHandles): seen after two of three runs on a loaded machine.
process.once("beforeExit", () => process.exit());
// A connection that a client lost sight of is told, and does not hold up whoever waits for the verdict.
setTimeout(() => {
  console.error(`still open: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit();
}, 30_000).unref();

function print({ name, seconds, figures, violations, goals = [] }: TimedResult): void {
  console.log(`\n${name} (${seconds} s): ${violations.length === 0 ? "no violation" : "VIOLATED"}`);
  for (const [what, figure] of Object.entries(figures)) console.log(`  ${what}: ${show(figure)}`);
  for (const goal of goals) {
    const { what, minimum, reached } = goal;
    const verdict = isReached(goal) ? "reached" : "NOT REACHED";
    console.log(`  ${verdict}: ${what}, ${reached.toLocaleString("en")} of ${minimum.toLocaleString("en")}`);
  }
  for (const violation of violations.slice(0, 50)) console.error(`  VIOLATION: ${violation}`);
  if (violations.length > 50) console.error(`  and ${violations.length - 50} more`);
}

function show(figure: Figure): string {
  if (typeof figure !== "object") return figure.toLocaleString("en");
  return Object.entries<number | Counts>(figure)
    .map(([what, count]) => (typeof count === "number" ? `${what} ${show(count)}` : `\n    ${what}: ${show(count)}`))
    .join(", ");
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
