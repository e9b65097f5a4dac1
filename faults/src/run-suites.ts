import { type Goal, goalsOf } from "./minimums.ts";
import type { Suite, SuiteContext, SuiteResult } from "./suite.ts";

export interface RunOptions extends Omit<SuiteContext, "budgetMs" | "minimums"> {
  /** Time limit for all suites together, in milliseconds. */
  readonly budgetMs: number;
  /** Runs each suite until it has reached its minimums. The time that a suite does not use is left to later suites. */
  readonly isLong: boolean;
}

/** The result and the duration of a suite. */
export interface TimedResult extends SuiteResult {
  readonly seconds: number;
  /** Set only after a long run. */
  readonly goals?: readonly Goal[];
}

/** Runs the suites one after the other, each with its share of the time. If a suite cannot run, that is a violation. */
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
    const result = await runSuite(suite, { ...context, budgetMs, ...(isLong ? { minimums: suite.minimums } : {}) });
    const tookMs = performance.now() - begin;
    const goals = isLong ? { goals: goalsOf(suite.minimums, result.figures) } : {};
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
    return { name: suite.name, violations: [`the suite could not run: ${shown}`], figures: {} };
  }
}
