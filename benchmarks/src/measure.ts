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
  /** Description of the baseline. If omitted, the text of the suite describes it. */
  readonly against?: string;
  readonly unit: string;
  /** Lowest accepted ratio of ours to the baseline; highest, if {@link lowerIsBetter}. Without it there is no check. */
  readonly goal?: number;
  /** Reason for which a missed goal is accepted. The page shows it, and the run does not fail. */
  readonly reason?: string;
  readonly lowerIsBetter?: boolean;
  readonly ours: Side;
  readonly baseline: Side;
  readonly repetitions: number;
  /**
   * Garbage collection before each run, so that no side has to collect the garbage of the other. A full collection also
   * makes V8 discard optimized code for object shapes that do not exist at that moment. The run then starts cold,
   * unlike a running server. Rows that leave little garbage therefore collect the young generation only.
   * @default "all"
   */
  readonly collect?: "all" | "young";
}

/** Resources that one operation uses. */
export interface Cost {
  /** CPU time of all threads of the process, including the garbage collector. */
  readonly cpuMicroseconds: number;
  /** Bytes allocated on the heap, retained or not. Estimated by V8's sampling during the warm-up round. */
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
  /** The lowest and the highest ratio of a pair of runs. */
  readonly spread: readonly [number, number];
  readonly costs?: { readonly ours: Cost; readonly baseline: Cost };
}

/** Result of one run of one side. */
interface Run {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/**
 * Runs both sides in turn (A B A B ...), after one warm-up round of each, so that other load on the machine affects
 * both. Each ratio is computed from two adjacent runs, and the result is the median of the ratios. Drift in machine
 * speed thus cancels out.
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

/** More repetitions, for rows whose runs are short and vary because of a server or the garbage collector. */
export function moreRepetitions({
  quick,
  repetitions,
}: {
  readonly quick: boolean;
  readonly repetitions: number;
}): number {
  return quick ? repetitions : 2 * repetitions + 1;
}

/** Returns true if a row reaches its goal, or has none. */
export function reaches({ ratio, goal, lowerIsBetter }: Pick<Result, "ratio" | "goal" | "lowerIsBetter">): boolean {
  if (goal === undefined) return true;
  return lowerIsBetter === true ? ratio <= goal : ratio >= goal;
}

/** Returns the median; for an even number of values, the lower of the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns the smallest value that the given share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (found === undefined) throw new RangeError("an empty list has no quantile");
  return found;
}

/** Runs a side once, untimed. Returns the bytes that one operation allocates. */
async function warmUp(side: Side): Promise<number> {
  await side.prepare?.();
  const { result: operations, bytes } = await allocatedBytes(() => side.run());
  return bytes / operations;
}

async function measure(side: Side, collect: "all" | "young"): Promise<Run> {
  await side.prepare?.();
  // Collects the garbage of the other side. Objects that survive two collections of the young generation are moved to
  // the old one, so the prepared objects are not moved again during the timed run.
  if (collect === "all") globalThis.gc?.();
  else for (let round = 0; round < 2; round++) globalThis.gc?.({ type: "minor" });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const operations = await side.run();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: (operations * 1_000) / elapsedMs, cpuMicroseconds: (user + system) / operations };
}
