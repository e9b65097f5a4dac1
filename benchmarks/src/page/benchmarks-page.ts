import type { Machine } from "../machine.ts";
import { type Result, reaches } from "../measure.ts";
import { formatNumber } from "../print.ts";
import { type MissedGoal, missedGoals, type Results, type Section } from "../results.ts";
import { type SuiteName, suiteNames } from "../suites.ts";
import { type Chart, chartsOf } from "./charts/index.ts";
import { table } from "./markdown.ts";
import { contestTables } from "./retry-advice.ts";
import { introduction, suiteTexts } from "./texts.ts";

/** Renders docs/benchmarks.md. */
export function benchmarksPage(results: Results): string {
  let previous: Machine | undefined;
  const sections = suiteNames.flatMap((name) => {
    const section = results[name];
    if (section === undefined) return [];
    const text = suiteSection(name, section, previous);
    previous = section.machine;
    return [text];
  });
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

function suiteSection(name: SuiteName, section: Section, previous: Machine | undefined): string {
  const { title, about } = suiteTexts[name];
  const parts = [`## ${title}`, about.trim(), machineText(section, previous)];
  for (const chart of chartsOf(name, title, section)) parts.push(chartText(chart));
  if (section.rows.length > 0) parts.push(rowTable(section.rows));
  if (section.figures.length > 0) parts.push(figureTable(section));
  const misses = missedGoals(section);
  if (misses.length > 0) parts.push(missText(misses));
  if (section.contests.length > 0) parts.push(contestTables(section.contests));
  return parts.join("\n\n");
}

function missText(misses: readonly MissedGoal[]): string {
  const lines = misses.map(({ name, reason }) => `- ${name}${reason === undefined ? "" : `: ${reason}`}.`);
  return ["Missed goals:", "", ...lines].join("\n");
}

function chartText({ file, alternative }: Chart): string {
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="benchmarks/${file}-dark.svg">`,
    `  <img alt="${alternative}" src="benchmarks/${file}-light.svg">`,
    "</picture>",
  ].join("\n");
}

/** States when and on which machine a section was measured. Omits the machine if the previous section has the same. */
function machineText({ takenOn, seconds, quick, machine }: Section, previous: Machine | undefined): string {
  const taken = `${takenOn}, in ${formatNumber(seconds)} s${quick ? " (quick run: the figures are meaningless)" : ""}`;
  if (JSON.stringify(machine) === JSON.stringify(previous)) return `<sub>Measured ${taken}, on the same machine.</sub>`;
  const { node, v8, system, cpus, cpu, memoryGigabytes, natsServer, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return (
    `<sub>Measured ${taken}: ${cpus} x ${cpu}, ` +
    `${memoryGigabytes} GB, ${system}, Node ${node} (V8 ${v8}), nats-server ${natsServer}; ` +
    `${versions.join(", ")}.</sub>`
  );
}

function rowTable(rows: readonly Result[]): string {
  const head = ["measurement", "ours", "baseline", "unit", "ratio", "spread", "goal", "CPU, µs", "allocated, bytes"];
  return table(
    head,
    rows.map((row) => {
      const { name, against, unit, ours, baseline, ratio, spread, costs } = row;
      return [
        against === undefined ? name : `${name}, compared with ${against}`,
        formatNumber(ours),
        formatNumber(baseline),
        unit,
        `**${ratio.toFixed(2)}**`,
        spread.map((each) => each.toFixed(2)).join(" to "),
        goalText(row),
        costs === undefined
          ? ""
          : `${formatNumber(costs.ours.cpuMicroseconds)} / ${formatNumber(costs.baseline.cpuMicroseconds)}`,
        costs === undefined
          ? ""
          : `${formatNumber(costs.ours.allocatedBytes)} / ${formatNumber(costs.baseline.allocatedBytes)}`,
      ];
    }),
  );
}

function goalText(row: Result): string {
  if (row.goal === undefined) return "";
  return `${row.lowerIsBetter === true ? "at most" : "at least"} ${row.goal}${reaches(row) ? "" : ", **missed**"}`;
}

function figureTable({ figures }: Section): string {
  const rows = figures.map(({ name, value, unit, maximum, spread }) => [
    name,
    formatNumber(value),
    unit,
    spread === undefined ? "" : spread.map(formatNumber).join(" to "),
    maximum === undefined ? "" : `at most ${maximum}${value <= maximum ? "" : ", **missed**"}`,
  ]);
  return table(["figure", "median", "unit", "spread", "goal"], rows);
}
