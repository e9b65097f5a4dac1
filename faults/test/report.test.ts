import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { type RunReport, render } from "../src/report/render.ts";

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

test("the page in the documents is made from the figures beside it, and there was no violation", async () => {
  const read = (name: string): Promise<string> => readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
  const runs = JSON.parse(await read("reliability.json")) as RunReport[];
  expect(await read("reliability.md")).toBe(render(runs));
  expect(runs.map(({ violations }) => violations)).toEqual(runs.map(() => 0));
});
