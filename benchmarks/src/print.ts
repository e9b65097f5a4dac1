import { type Result, reaches } from "./measure.ts";
import type { Contest } from "./retry/contest.ts";
import type { Curve, Figure, Findings } from "./suite.ts";

/** Tells people what was found. */
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

/** A number as people read it: three digits or so. */
export function shown(value: number): string {
  return value.toLocaleString("en", value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
}

function rowText(result: Result): string {
  const { name, against, unit, ours, baseline, ratio, goal, lowerIsBetter, spread, costs } = result;
  const bound = `${lowerIsBetter === true ? "at most" : "at least"} ${goal}x`;
  const verdict = goal === undefined ? "" : `, ${bound}: ${reaches(result) ? "reached" : "MISSED"}`;
  const cost =
    costs === undefined
      ? ""
      : `\n    CPU ${shown(costs.ours.cpuMicroseconds)} against ${shown(costs.baseline.cpuMicroseconds)} us, ` +
        `allocated ${shown(costs.ours.allocatedBytes)} against ${shown(costs.baseline.allocatedBytes)} bytes an operation`;
  return (
    `${name}${against === undefined ? "" : `, against ${against}`}\n` +
    `    ${shown(ours)} against ${shown(baseline)} ${unit}: ${ratio.toFixed(2)}x ` +
    `(${spread.map((each) => each.toFixed(2)).join(" to ")})${verdict}${cost}`
  );
}

function figureText({ name, value, unit, most }: Figure): string {
  const verdict = most === undefined ? "" : `, at most ${most}: ${value <= most ? "reached" : "MISSED"}`;
  return `${name}\n    ${shown(value)} ${unit}${verdict}`;
}

function curveText({ name, x, unit, series }: Curve): string {
  const lines = series.map(
    (each) => `    ${each.name}: ${each.points.map((point) => `${shown(point.y)} at ${shown(point.x)}`).join(", ")}`,
  );
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
  const where = `${store}, ${writers} writers in ${processes} processes, ${actors} actors`;
  const latency = p50Ms === undefined || p99Ms === undefined ? "" : `, p50 ${shown(p50Ms)} ms, p99 ${shown(p99Ms)} ms`;
  return (
    `${pattern}: ${where}: ${shown((100 * saved) / calls)} % saved${latency}, ` +
    `${shown(writes / Math.max(1, saved))} attempts per success, ${writes - saved} wasted writes`
  );
}
