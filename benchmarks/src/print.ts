import { type Cost, type Result, reaches } from "./measure.ts";
import type { Contest } from "./retry/contest.ts";
import type { Curve, Figure, Findings, Point } from "./suite.ts";

/** Prints findings on the console. */
export function print({ rows = [], figures = [], curves = [], contests = [] }: Findings): void {
  for (const line of [
    ...rows.map(rowText),
    ...figures.map(figureText),
    ...curves.map(curveText),
    ...contests.map(contestText),
  ]) {
    console.log(line);
  }
}

/** Formats a number for readers, with about three significant digits. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en", value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

function rowText(result: Result): string {
  const { name, against, unit, ours, baseline, ratio, goal, lowerIsBetter, spread, costs } = result;
  const bound = `${lowerIsBetter === true ? "at most" : "at least"} ${goal}x`;
  const outcome = goal === undefined ? "" : `, ${bound}: ${reaches(result) ? "reached" : "MISSED"}`;
  return (
    `${name}${against === undefined ? "" : `, compared with ${against}`}\n` +
    `    ${formatNumber(ours)} against ${formatNumber(baseline)} ${unit}: ${ratio.toFixed(2)}x ` +
    `(${spread.map((each) => each.toFixed(2)).join(" to ")})${outcome}${costText(costs)}`
  );
}

function costText(costs: Result["costs"]): string {
  if (costs === undefined) return "";
  const both = (value: (cost: Cost) => number): string =>
    `${formatNumber(value(costs.ours))} against ${formatNumber(value(costs.baseline))}`;
  return (
    `\n    CPU ${both(({ cpuMicroseconds }) => cpuMicroseconds)} µs, ` +
    `allocated ${both(({ allocatedBytes }) => allocatedBytes)} bytes per operation`
  );
}

function figureText({ name, value, unit, maximum }: Figure): string {
  const outcome = maximum === undefined ? "" : `, at most ${maximum}: ${value <= maximum ? "reached" : "MISSED"}`;
  return `${name}\n    ${formatNumber(value)} ${unit}${outcome}`;
}

function curveText({ name, x, unit, series }: Curve): string {
  const pointText = (point: Point): string => `${formatNumber(point.y)} at ${formatNumber(point.x)}`;
  const lines = series.map((each) => `    ${each.name}: ${each.points.map(pointText).join(", ")}`);
  return `${name}, ${unit} by ${x}\n${lines.join("\n")}`;
}

function contestText({
  store,
  pattern,
  writers,
  processes,
  actors,
  calls,
  saved,
  writes,
  p50Ms,
  p99Ms,
}: Contest): string {
  const setup = `${store}, ${writers} writers in ${processes} processes, ${actors} actors`;
  const latency =
    p50Ms === undefined || p99Ms === undefined ? "" : `, p50 ${formatNumber(p50Ms)} ms, p99 ${formatNumber(p99Ms)} ms`;
  return (
    `${pattern}: ${setup}: ${formatNumber((100 * saved) / calls)}% saved${latency}, ` +
    `${formatNumber(writes / Math.max(1, saved))} attempts per success, ${writes - saved} wasted writes`
  );
}
