import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type RunReport, render } from "../src/report/render.ts";
import type { TimedResult } from "../src/run-suites.ts";

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

test("the report sums what runs did, and has the slowest of what was slow", () => {
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

test("figures of several things are tables of their own, and the minima of a long run are shown", () => {
  const [suite] = run(1, 250_000, 70).suites;
  const table = { "store: reads": { "in memory": 1_500, "through nats": 20 }, "retry: options": { "in memory": 7 } };
  const goals = [{ what: "events acknowledged", minimum: 200_000, reached: 250_000 }];
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

test("tables of several runs are summed cell by cell", () => {
  const [suite] = run(1, 0, 0).suites;
  const told = (count: number): RunReport => {
    const figures = { cases: { reads: { nats: count } }, held: { memory: { nats: count } } };
    return { ...run(1, 0, 0), suites: [{ ...suite, figures } as TimedResult] };
  };
  const page = render([told(3), told(4)]);
  expect(page).toContain("| reads | 7 |");
  expect(page).toContain("| memory | 4 |");
});

test("how many answers were outdated is what was counted", () => {
  const [suite] = run(1, 0, 0).suites;
  const figures = { reads: 1_200, "outdated answers about other clients' saves": 2 };
  const page = render([{ ...run(1, 0, 0), suites: [{ ...suite, figures } as TimedResult] }]);
  expect(page).toContain("since the leader of the day\ndecides. Seen: 2, in 1,200 reads.");
});

test("the page in the documents is made from the figures beside it, and there was no violation", async () => {
  const read = (name: string): Promise<string> => readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  const runs = JSON.parse(await read("reliability.json")) as RunReport[];
  expect(await read("reliability.md")).toBe(render(runs));
  expect(runs.map(({ violations }) => violations)).toEqual(runs.map(() => 0));
});
