import { type Goal, goalsOf } from "./minima.ts";
import type { Suite, SuiteContext, SuiteResult } from "./suite.ts";

export interface RunOptions extends Omit<SuiteContext, "budgetMs" | "minima"> {
  /** Of all suites together. */
  readonly budgetMs: number;
  /** Each suite goes on until it has reached its minima, and what it leaves of its time is for those after it. */
  readonly isLong: boolean;
}

/** What a suite found, and how long it took. */
export interface TimedResult extends SuiteResult {
  readonly seconds: number;
  /** Of a long run. */
  readonly goals?: readonly Goal[];
}

/** Runs one suite after the other, each with its part of the time. A suite that could not be run is a violation. */
export async function runSuites(suites: readonly Suite[], options: RunOptions): Promise<readonly TimedResult[]> {
  const { isLong, ...context } = options;
  let shares = suites.reduce((sum, { share }) => sum + share, 0);
  let leftMs = options.budgetMs;
  const results: TimedResult[] = [];
  for (const suite of suites) {
    if (options.signal.aborted) break;
    options.log(`== ${suite.name}`);
    const begin = performance.now();
    const budgetMs = (leftMs * suite.share) / shares;
    const result = await runSuite(suite, { ...context, budgetMs, ...(isLong ? { minima: suite.minima } : {}) });
    const tookMs = performance.now() - begin;
    const goals = isLong ? { goals: goalsOf(suite.minima, result.figures) } : {};
    results.push({ ...result, seconds: Math.round(tookMs / 100) / 10, ...goals });
    leftMs -= isLong ? Math.min(tookMs, leftMs) : budgetMs;
    shares -= suite.share;
  }
  return results;
}

async function runSuite(suite: Suite, context: SuiteContext): Promise<SuiteResult> {
  try {
    return await suite.run(context);
  } catch (error) {
    const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name: suite.name, violations: [`the suite could not be run: ${shown}`], figures: {} };
  }
}
