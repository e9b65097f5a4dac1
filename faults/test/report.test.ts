import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type RunReport, render } from "../src/report/render.ts";
import { suiteTexts } from "../src/report/texts.ts";
import type { TimedResult } from "../src/run-suites.ts";
import { suites } from "../src/suites.ts";

const run = (seed: number, acknowledged: number, slowest: number): RunReport => ({
  startedAt: "2026-01-01T00:00:00.000Z",
  minutes: 1,
  seed,
  violations: 0,
  versions: { node: "20" },
  suites: [
    {
      name: "cluster",
      seconds: 60,
      violations: [],
      figures: {
        "events acknowledged": acknowledged,
        "slowest recovery, ms": slowest,
        faults: { kill: 2, [`cut ${seed}`]: 1 },
      },
    },
  ],
});

test("the page adds up the figures of all runs, and shows the longest times", () => {
  const page = render([run(1, 1_000, 70), run(2, 2_000, 40)]);
  expect(page).toContain("**3,000 acknowledged events, 6 faults, 0 violations.**");
  for (const row of [
    "| kill | 4 |",
    "| cut 1 | 1 |",
    "| slowest recovery, ms | 70 |",
    "| events acknowledged | 3,000 |",
  ]) {
    expect(page).toContain(row);
  }
});

test("a figure with rows and columns has its own table, and the minimums of a long run are shown", () => {
  const [suite] = run(1, 250_000, 70).suites;
  const table = { "store: reads": { "in memory": 1_500, "through nats": 20 }, "retry: options": { "in memory": 7 } };
  const goals = [{ figure: "events acknowledged", minimum: 200_000, reached: 250_000 }];
  const long = { ...suite, figures: { ...suite?.figures, cases: table }, goals } as TimedResult;
  const page = render([{ ...run(1, 0, 0), suites: [long] }]);
  for (const row of [
    "| cases | in memory | through nats |",
    "| store: reads | 1,500 | 20 |",
    "| retry: options | 7 |  |",
    "| cluster | events acknowledged | 200,000 | 250,000 |",
  ]) {
    expect(page).toContain(row);
  }
});

test("tables of several runs are combined cell by cell", () => {
  const [suite] = run(1, 0, 0).suites;
  const withTables = (count: number): RunReport => {
    const figures = { cases: { reads: { nats: count } }, "resources in use": { memory: { nats: count } } };
    return { ...run(1, 0, 0), suites: [{ ...suite, figures } as TimedResult] };
  };
  const page = render([withTables(3), withTables(4)]);
  expect(page).toContain("| reads | 7 |");
  expect(page).toContain("| memory | 4 |");
});

test.each([
  { count: 0, sentence: "A stale read was not observed in 1,200 reads." },
  { count: 1, sentence: "A stale read was observed once in 1,200 reads." },
  { count: 2, sentence: "A stale read was observed 2 times in 1,200 reads." },
])("the number of stale reads is stated: $count", ({ count, sentence }) => {
  const [suite] = run(1, 0, 0).suites;
  const figures = { reads: 1_200, "stale reads of other clients' saves": count };
  const page = render([{ ...run(1, 0, 0), suites: [{ ...suite, figures } as TimedResult] }]);
  expect(page).toContain(`the current leader can store events. ${sentence}`);
});

test("the page and the README describe every suite", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  for (const { name } of suites) {
    expect(suiteTexts).toHaveProperty([name, "checks"]);
    expect(readme).toContain(`| \`${name}\` |`);
  }
});

test("docs/reliability.md is generated from docs/reliability.json, and no run had a violation", async () => {
  const read = (name: string): Promise<string> => readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  const runs = JSON.parse(await read("reliability.json")) as RunReport[];
  expect(await read("reliability.md")).toBe(render(runs));
  expect(runs.map(({ violations }) => violations)).toEqual(runs.map(() => 0));
});
