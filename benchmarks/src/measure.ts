import { allocatedBytes } from "./allocated-bytes.ts";

/** One side of a comparison: Aether's code or the baseline. */
export interface Side {
  /** Prepares a run. Not timed. */
  readonly prepare?: () => Promise<void> | void;
  /** Runs the work. Timed. Resolves to the number of operations. */
  readonly run: () => Promise<number>;
}

/** A measurement of Aether's code against a baseline. */
export interface Comparison {
  readonly name: string;
  /** The baseline. If omitted, the suite's text on the page describes it. */
  readonly against?: string;
  readonly unit: string;
  /** Lowest accepted ratio, or the highest if {@link lowerIsBetter} is true. Without a goal, any ratio is accepted. */
  readonly goal?: number;
  /** Reason for accepting a missed goal. The page shows the reason, and the run does not fail. */
  readonly reason?: string;
  readonly lowerIsBetter?: boolean;
  readonly ours: Side;
  readonly baseline: Side;
  readonly repetitions: number;
  /**
   * Kind of garbage collection before each run, so that neither side has to collect the other side's garbage. A full
   * collection also makes V8 discard optimized code for object shapes of which no object exists at that moment. The
   * next run would start cold, unlike a busy server. Rows that leave little garbage therefore collect only the young
   * generation.
   * @default "all"
   */
  readonly collect?: "all" | "young";
}

/** Resources that one operation uses. */
export interface Cost {
  /** CPU time of all threads of the process, including the garbage collector. */
  readonly cpuMicroseconds: number;
  /** Bytes allocated on the heap, retained or not. Estimated by V8's sampling heap profiler during the warm-up run. */
  readonly allocatedBytes: number;
}

/** A row of the results. */
export interface Result {
  readonly name: string;
  readonly against?: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  readonly ratio: number;
  readonly goal?: number;
  readonly reason?: string;
  readonly lowerIsBetter?: boolean;
  /** The lowest and the highest ratio of two adjacent runs. */
  readonly spread: readonly [number, number];
  readonly costs?: { readonly ours: Cost; readonly baseline: Cost };
}

/** Result of one run of one side. */
interface Run {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/**
 * Runs both sides in turn (A B A B ...) after one warm-up run of each, so that other load on the machine affects both.
 * A ratio is computed from each pair of adjacent runs, and the result is the median of these ratios. Changes in the
 * machine's speed therefore cancel out.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, against, unit, goal, reason, lowerIsBetter, repetitions, collect = "all" } = comparison;
  const ours: Run[] = [];
  const baseline: Run[] = [];
  const allocated = [await warmUp(comparison.ours), await warmUp(comparison.baseline)] as const;
  for (let round = 0; round < repetitions; round++) {
    ours.push(await measure(comparison.ours, collect));
    baseline.push(await measure(comparison.baseline, collect));
  }
  const value = ({ perSecond }: Run): number => (lowerIsBetter === true ? 1_000 / perSecond : perSecond);
  const ratios = ours.map((each, index) => value(each) / value(baseline[index] as Run));
  const cost = (runs: readonly Run[], bytes: number): Cost => ({
    cpuMicroseconds: median(runs.map(({ cpuMicroseconds }) => cpuMicroseconds)),
    allocatedBytes: bytes,
  });
  return {
    name,
    ...(against === undefined ? {} : { against }),
    unit,
    ours: median(ours.map(value)),
    baseline: median(baseline.map(value)),
    ratio: median(ratios),
    ...(goal === undefined ? {} : { goal }),
    ...(reason === undefined ? {} : { reason }),
    ...(lowerIsBetter === undefined ? {} : { lowerIsBetter }),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    costs: { ours: cost(ours, allocated[0]), baseline: cost(baseline, allocated[1]) },
  };
}

/** Returns a higher number of repetitions, for short runs that vary because of a server or the garbage collector. */
export function moreRepetitions({
  quick,
  repetitions,
}: {
  readonly quick: boolean;
  readonly repetitions: number;
}): number {
  return quick ? repetitions : 2 * repetitions + 1;
}

/** Returns true if a row reaches its goal or has no goal. */
export function reaches({ ratio, goal, lowerIsBetter }: Pick<Result, "ratio" | "goal" | "lowerIsBetter">): boolean {
  if (goal === undefined) return true;
  return lowerIsBetter === true ? ratio <= goal : ratio >= goal;
}

/** Returns the median; for an even number of values, the lower of the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns the lowest value that is at least as high as the given share of all values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError("an empty list has no quantile");
  return found;
}

/** Runs a side once without timing it. Returns the bytes that one operation allocates. */
async function warmUp(side: Side): Promise<number> {
  await side.prepare?.();
  const { result: operations, bytes } = await allocatedBytes(() => side.run());
  return bytes / operations;
}

async function measure(side: Side, collect: "all" | "young"): Promise<Run> {
  await side.prepare?.();
  // Collects the other side's garbage. V8 moves objects that survive two collections of the young generation to the old
  // generation. After two rounds the prepared objects are there, and are not moved during the timed run.
  if (collect === "all") globalThis.gc?.();
  else for (let round = 0; round < 2; round++) globalThis.gc?.({ type: "minor" });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const operations = await side.run();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (operations * 1_000) / elapsedMs, cpuMicroseconds: (user + system) / operations };
}
