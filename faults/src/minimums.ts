import type { Figure, Minimums, SuiteContext } from "./suite.ts";

/** The minimum of one figure, and the value that a run reached. */
export interface Goal {
  readonly figure: string;
  readonly minimum: number;
  readonly reached: number;
}

/** Pairs each minimum with the value of its figure. A missing figure counts as 0. */
export function goalsOf(minimums: Minimums, figures: Readonly<Record<string, Figure>>): readonly Goal[] {
  return Object.entries(minimums).map(([figure, minimum]) => ({
    figure,
    minimum,
    reached: sumOf(figures[figure] ?? 0),
  }));
}

export function isReached({ minimum, reached }: Goal): boolean {
  return reached >= minimum;
}

/** Decides whether a suite is finished, given its figures so far. */
export type IsFinished = (figures: Readonly<Record<string, Figure>>) => boolean;

/**
 * Returns a function that returns true after the time limit, after an abort, and, in a long run, once all minimums are
 * reached.
 */
export function finishing({
  budgetMs,
  minimums,
  signal,
}: Pick<SuiteContext, "budgetMs" | "minimums" | "signal">): IsFinished {
  const deadline = performance.now() + budgetMs;
  return (figures) =>
    signal.aborted ||
    performance.now() >= deadline ||
    (minimums !== undefined && goalsOf(minimums, figures).every(isReached));
}

/** Sums all numbers of a figure. Text counts as 0. */
function sumOf(figure: Figure): number {
  if (typeof figure === "string") return 0;
  if (typeof figure === "number") return figure;
  return Object.values(figure).reduce<number>((sum, each) => sum + sumOf(each), 0);
}
