import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { print } from "./print.ts";
import { type MissedGoal, merge, missedGoals, noFindings, type Section, writeResults } from "./results.ts";
import { type SuiteName, suiteNames, suites } from "./suites.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const wanted = values.only?.split(",") ?? suiteNames;
const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`unknown benchmark: ${unknown.join(", ")}. Benchmarks: ${suiteNames.join(", ")}`);
  process.exit(2);
}

const { quick, large, json } = values;
const machine = await describeMachine();
const { node, natsServer, cpus, cpu, memoryGigabytes } = machine;
console.log(
  `node ${node}, nats-server ${natsServer}, ${cpus} x ${cpu}, ${memoryGigabytes} GB${quick ? ", quick" : ""}`,
);

const missed: MissedGoal[] = [];
for (const name of wanted as readonly SuiteName[]) {
  const started = performance.now();
  let findings = noFindings;
  await suites[name]({ quick, large, repetitions: quick ? 2 : 5 }, (finding) => {
    print(finding);
    findings = merge(findings, finding);
  });
  const seconds = Math.round((performance.now() - started) / 1_000);
  const section: Section = { takenOn: new Date().toISOString().slice(0, 10), seconds, quick, machine, ...findings };
  console.log(`${name} took ${seconds} s\n`);
  // Written after each suite, so that its results are kept if a later suite fails.
  if (json !== undefined) writeResults(json, { [name]: section });
  missed.push(...missedGoals(findings));
}
for (const { name, reason } of missed) {
  console.error(`missed its goal: ${name}${reason === undefined ? "" : ` (accepted: ${reason})`}`);
}
// A quick run does not fail because of a missed goal: its figures are meaningless.
process.exit(missed.some(({ reason }) => reason === undefined) && !quick ? 1 : 0);
