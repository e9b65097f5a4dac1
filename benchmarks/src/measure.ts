/** One side of a comparison: runs the work once and tells how much of it there was. */
export interface Side {
  /** Not timed: makes what the run needs. */
  readonly prepare?: () => Promise<void>;
  /** Timed. Resolves to the number of operations. */
  readonly run: () => Promise<number>;
}

/** What is measured, and against what. */
export interface Comparison {
  readonly name: string;
  readonly unit: string;
  /** The least ratio of ours to the baseline; for {@link lowerIsBetter} the most. */
  readonly goal: number;
  readonly lowerIsBetter?: boolean;
  readonly ours: Side;
  readonly baseline: Side;
  readonly repetitions: number;
}

/** A row of the results. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  readonly ratio: number;
  readonly goal: number;
  readonly lowerIsBetter?: boolean;
  /** The least and the greatest ratio of a pair of runs. */
  readonly spread: readonly [number, number];
}

/**
 * Runs both sides in turn (A B A B ...), after one round of each to warm up, so that whatever else the machine does hits
 * both; the medians are compared.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, unit, goal, lowerIsBetter, repetitions } = comparison;
  const ours: number[] = [];
  const baseline: number[] = [];
  for (let round = -1; round < repetitions; round++) {
    const pair = [await measure(comparison.ours), await measure(comparison.baseline)] as const;
    if (round < 0) continue;
    ours.push(pair[0]);
    baseline.push(pair[1]);
  }
  const value = (perSecond: number): number => (lowerIsBetter === true ? 1_000 / perSecond : perSecond);
  const ratios = ours.map((each, index) => value(each) / value(baseline[index] ?? Number.NaN));
  const [our, their] = [value(median(ours)), value(median(baseline))];
  return {
    name,
    unit,
    ours: our,
    baseline: their,
    ratio: our / their,
    goal,
    ...(lowerIsBetter === undefined ? {} : { lowerIsBetter }),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Whether a row reaches its goal. */
export function reaches({ ratio, goal, lowerIsBetter }: Pick<Result, "ratio" | "goal" | "lowerIsBetter">): boolean {
  return lowerIsBetter === true ? ratio <= goal : ratio >= goal;
}

/** The median; of an even number of values, the lower one of the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new RangeError("there is no median of nothing");
  return middle;
}

/** Operations a second. */
async function measure(side: Side): Promise<number> {
  await side.prepare?.();
  const started = performance.now();
  const operations = await side.run();
  return (operations * 1_000) / (performance.now() - started);
}
