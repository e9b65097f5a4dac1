import { allocatedBytes } from "./allocated-bytes.ts";

/** One side of a comparison: runs the work once and tells how much of it there was. */
export interface Side {
  /** Not timed: makes what the run needs. */
  readonly prepare?: () => Promise<void> | void;
  /** Timed. Resolves to the number of operations. */
  readonly run: () => Promise<number>;
}

/** What is measured, and against what. */
export interface Comparison {
  readonly name: string;
  /** What the baseline is; the suite's own text says it where it is left out. */
  readonly against?: string;
  readonly unit: string;
  /** The least ratio of ours to the baseline; for {@link lowerIsBetter} the most. Without it the row is only reported. */
  readonly goal?: number;
  /** Why it may be under its goal: the page says so, and the run does not fail. */
  readonly why?: string;
  readonly lowerIsBetter?: boolean;
  readonly ours: Side;
  readonly baseline: Side;
  readonly repetitions: number;
  /**
   * What is collected before each run, so that nobody cleans up behind the other. A full collection makes V8 throw away the
   * optimized code of shapes that nothing has at that moment, and the run begins cold, as no running server does: rows that
   * leave little behind do without. @default "all"
   */
  readonly collect?: "all" | "young";
}

/** What one operation costs this process. */
export interface Cost {
  /** CPU time of all threads, the garbage collector's included. */
  readonly cpuMicroseconds: number;
  /** What it allocates on the heap, by V8's sampling of the round that warms up; kept or not. */
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
  readonly why?: string;
  readonly lowerIsBetter?: boolean;
  /** The least and the greatest ratio of a pair of runs. */
  readonly spread: readonly [number, number];
  readonly costs?: { readonly ours: Cost; readonly baseline: Cost };
}

/** What one run of one side took. */
interface Run {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/**
 * Runs both sides in turn (A B A B ...), after one round of each to warm up, so that whatever else the machine does hits
 * both. The ratio is the median of those of neighbours: a machine that grows slower meanwhile does not decide.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, against, unit, goal, why, lowerIsBetter, repetitions, collect = "all" } = comparison;
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
    ...(why === undefined ? {} : { why }),
    ...(lowerIsBetter === undefined ? {} : { lowerIsBetter }),
    spread: [Math.min(...ratios), Math.max(...ratios)],
    costs: { ours: cost(ours, allocated[0]), baseline: cost(baseline, allocated[1]) },
  };
}

/** How often to repeat a row whose rounds are over soon and swing: because of a server, or of the garbage collector. */
export function patient({ quick, repetitions }: { readonly quick: boolean; readonly repetitions: number }): number {
  return quick ? repetitions : 2 * repetitions + 1;
}

/** Whether a row reaches its goal; one without a goal does. */
export function reaches({ ratio, goal, lowerIsBetter }: Pick<Result, "ratio" | "goal" | "lowerIsBetter">): boolean {
  if (goal === undefined) return true;
  return lowerIsBetter === true ? ratio <= goal : ratio >= goal;
}

/** The median; of an even number of values, the lower one of the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError("there is no quantile of nothing");
  return found;
}

/** A round that does not count. Resolves to the bytes that an operation allocates. */
async function warmUp(side: Side): Promise<number> {
  await side.prepare?.();
  const { result: operations, bytes } = await allocatedBytes(() => side.run());
  return bytes / operations;
}

async function measure(side: Side, collect: "all" | "young"): Promise<Run> {
  await side.prepare?.();
  // What the other side left behind is not this one's to clean up. What survives two collections of the young generation is
  // old: what was prepared is not moved any more while the time runs.
  if (collect === "all") globalThis.gc?.();
  else for (let time = 0; time < 2; time++) globalThis.gc?.({ type: "minor" });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const operations = await side.run();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (operations * 1_000) / elapsedMs, cpuMicroseconds: (user + system) / operations };
}
