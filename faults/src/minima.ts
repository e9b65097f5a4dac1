import type { Figure, Minima, SuiteContext } from "./suite.ts";

/** A minimum, and what was reached. */
export interface Goal {
  readonly what: string;
  readonly minimum: number;
  readonly reached: number;
}

/** The minima beside the figures that they are about. */
export function goalsOf(minima: Minima, figures: Readonly<Record<string, Figure>>): readonly Goal[] {
  return Object.entries(minima).map(([what, minimum]) => ({ what, minimum, reached: sumOf(figures[what] ?? 0) }));
}

export function isReached({ minimum, reached }: Goal): boolean {
  return reached >= minimum;
}

/** When a suite is to finish: after its time, when it is told to, or, in a long run, when it has reached its minima. */
export function finishing({
  budgetMs,
  minima,
  signal,
}: Pick<SuiteContext, "budgetMs" | "minima" | "signal">): Finished {
  const deadline = performance.now() + budgetMs;
  return (figures) =>
    signal.aborted ||
    performance.now() >= deadline ||
    (minima !== undefined && goalsOf(minima, figures).every(isReached));
}

/** Whether it is time to finish, with such figures so far. */
export type Finished = (figures: Readonly<Record<string, Figure>>) => boolean;

/** The number itself, or the sum of all that there are. Of words there is none. */
function sumOf(figure: Figure): number {
  if (typeof figure === "string") return 0;
  if (typeof figure === "number") return figure;
  return Object.values(figure).reduce<number>((sum, each) => sum + sumOf(each), 0);
}
