import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { jetStreamResults } from "./jetstream/index.ts";
import { type Result, reaches } from "./measure.ts";

const suites = { jetstream: jetStreamResults };

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean", default: false }, json: { type: "string" } },
});
const names = values.only === undefined ? Object.keys(suites) : values.only.split(",");
const unknown = names.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(", ")}; there are ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}

const machine = {
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model ?? "unknown",
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
};
console.log(
  `node ${machine.node}, ${machine.cpus} x ${machine.cpu}, ${machine.memoryGigabytes} GB${values.quick ? ", quick" : ""}`,
);
const sizes = { quick: values.quick, repetitions: values.quick ? 3 : 5 };
const results: Result[] = [];
for (const name of names) results.push(...(await suites[name as keyof typeof suites](sizes, print)));
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, quick: values.quick, results }, null, 2)}\n`);
// A quick run is too short to judge by.
const missed = values.quick ? [] : results.filter((result) => !reaches(result));
for (const { name } of missed) console.error(`under its goal: ${name}`);
process.exit(missed.length > 0 ? 1 : 0);

function print(result: Result): void {
  const { name, unit, ours, baseline, ratio, goal, lowerIsBetter, spread } = result;
  const figure = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
  const verdict = reaches(result) ? "reached" : "MISSED";
  const bound = `${lowerIsBetter === true ? "at most" : "at least"} ${goal}x`;
  console.log(
    `${name}\n    ${figure(ours)} against ${figure(baseline)} ${unit}: ${ratio.toFixed(2)}x ` +
      `(${spread.map((each) => each.toFixed(2)).join(" to ")}), ${bound}: ${verdict}`,
  );
}
