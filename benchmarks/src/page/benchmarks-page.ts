import type { Machine } from "../machine.ts";
import { type Result, reaches } from "../measure.ts";
import { shown } from "../print.ts";
import { type Miss, missedGoals, type Results, type Section } from "../results.ts";
import { type SuiteName, suiteNames } from "../suites.ts";
import { type Chart, chartsOf } from "./charts/index.ts";
import { table } from "./markdown.ts";
import { contestTables } from "./retry-advice.ts";
import { introduction, suiteTexts } from "./texts.ts";

/** The page of all figures. */
export function benchmarksPage(results: Results): string {
  let before: Machine | undefined;
  const sections = suiteNames.flatMap((name) => {
    const section = results[name];
    if (section === undefined) return [];
    const text = suiteSection(name, section, before);
    before = section.machine;
    return [text];
  });
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

function suiteSection(name: SuiteName, section: Section, before: Machine | undefined): string {
  const { title, about } = suiteTexts[name];
  const parts = [`## ${title}`, about, machineText(section, before)];
  for (const chart of chartsOf(name, title, section)) parts.push(chartText(chart));
  if (section.rows.length > 0) parts.push(rowTable(section.rows));
  if (section.figures.length > 0) parts.push(figureTable(section));
  const misses = missedGoals(section);
  if (misses.length > 0) parts.push(missText(misses));
  if (section.contests.length > 0) parts.push(contestTables(section.contests));
  return parts.join("\n\n");
}

function missText(misses: readonly Miss[]): string {
  const lines = misses.map(({ name, why }) => `- ${name}${why === undefined ? "" : `: ${why}`}.`);
  return ["Under their goals:", "", ...lines].join("\n");
}

function chartText({ file, alternative }: Chart): string {
  return [
    "<picture>",
    `  <source media="(prefers-color-scheme: dark)" srcset="benchmarks/${file}-dark.svg">`,
    `  <img alt="${alternative}" src="benchmarks/${file}-light.svg">`,
    "</picture>",
  ].join("\n");
}

/** Where the figures come from; what was said of the section before is not said again. */
function machineText({ takenOn, seconds, quick, machine }: Section, before: Machine | undefined): string {
  const taken = `${takenOn}, in ${shown(seconds)} s${quick ? ", quick: not to be judged by" : ""}`;
  if (JSON.stringify(machine) === JSON.stringify(before)) return `<sub>${taken}, on the same machine.</sub>`;
  const { node, v8, system, cpus, cpu, memoryGigabytes, natsServer, packages } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return (
    `<sub>${taken}: ${cpus} x ${cpu}, ` +
    `${memoryGigabytes} GB, ${system}, Node ${node} (V8 ${v8}), nats-server ${natsServer}; ${versions.join(", ")}.</sub>`
  );
}

function rowTable(rows: readonly Result[]): string {
  const head = ["", "ours", "baseline", "unit", "ratio", "spread", "goal", "CPU, us", "allocated, bytes"];
  return table(
    head,
    rows.map((row) => {
      const { name, against, unit, ours, baseline, ratio, spread, costs } = row;
      return [
        against === undefined ? name : `${name}, against ${against}`,
        shown(ours),
        shown(baseline),
        unit,
        `**${ratio.toFixed(2)}**`,
        spread.map((each) => each.toFixed(2)).join(" to "),
        goalText(row),
        costs === undefined ? "" : `${shown(costs.ours.cpuMicroseconds)} / ${shown(costs.baseline.cpuMicroseconds)}`,
        costs === undefined ? "" : `${shown(costs.ours.allocatedBytes)} / ${shown(costs.baseline.allocatedBytes)}`,
      ];
    }),
  );
}

function goalText(row: Result): string {
  if (row.goal === undefined) return "";
  return `${row.lowerIsBetter === true ? "at most" : "at least"} ${row.goal}${reaches(row) ? "" : ", **missed**"}`;
}

function figureTable({ figures }: Section): string {
  const rows = figures.map(({ name, value, unit, most, spread }) => [
    name,
    shown(value),
    unit,
    spread === undefined ? "" : spread.map(shown).join(" to "),
    most === undefined ? "" : `at most ${most}${value <= most ? "" : ", **missed**"}`,
  ]);
  return table(["", "median", "unit", "spread", "goal"], rows);
}
