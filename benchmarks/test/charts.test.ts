import { expect, test } from "vitest";
import { lineChart } from "../src/page/charts/line-chart.ts";
import { palettes } from "../src/page/charts/palette.ts";
import { ratioChart } from "../src/page/charts/ratio-chart.ts";

const row = { unit: "ops/s", ours: 1, baseline: 2, spread: [0.4, 0.6] as const };

/** Counts the elements of a colour. */
const countOf = (svg: string, colour: string): number => svg.split(`fill="${colour}"`).length - 1;

test.each(["light", "dark"] as const)(
  "a ratio chart has one colour for reached goals and another for missed goals: %s",
  (scheme) => {
    const palette = palettes[scheme];
    const svg = ratioChart(
      "some rows",
      [
        { ...row, name: "fast & good", ratio: 0.5, goal: 0.4 },
        { ...row, name: "slow", ratio: 0.5, goal: 1 },
        { ...row, name: "cheap", ratio: 0.5, goal: 1, lowerIsBetter: true },
      ],
      palette,
    );
    expect(countOf(svg, palette.good)).toBe(2);
    expect(countOf(svg, palette.bad)).toBe(1);
    expect(svg).toContain("fast &amp; good");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  },
);

test("a line chart has a point for each figure", () => {
  const point = (x: number, y: number) => ({ x, y, spread: [y, y] as const });
  const svg = lineChart(
    {
      name: "Append",
      x: "events",
      unit: "ms",
      series: [
        { name: "memory", points: [point(10, 1), point(100, 2)] },
        { name: "JetStream", points: [point(10, 3), point(100, 3)] },
      ],
    },
    palettes.light,
  );
  expect(svg.split("<circle").length - 1).toBe(4);
  expect(svg.split("<polyline").length - 1).toBe(2);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("a line chart can consist of one point", () => {
  const points = [{ x: 10, y: 1, spread: [1, 1] as const }];
  const svg = lineChart({ name: "a", x: "b", unit: "c", series: [{ name: "d", points }] }, palettes.dark);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});
