import type { Suite, SuiteContext, SuiteResult } from "./suite.ts";

export interface RunOptions extends Omit<SuiteContext, "budgetMs"> {
  /** Of all suites together. */
  readonly budgetMs: number;
}

/** What a suite found, and how long it took. */
export interface TimedResult extends SuiteResult {
  readonly seconds: number;
}

/** Runs one suite after the other, each with its part of the time. A suite that could not be run is a violation. */
export async function runSuites(suites: readonly Suite[], options: RunOptions): Promise<readonly TimedResult[]> {
  const shares = suites.reduce((sum, { share }) => sum + share, 0);
  const results: TimedResult[] = [];
  for (const suite of suites) {
    if (options.signal.aborted) break;
    options.log(`== ${suite.name}`);
    const begin = performance.now();
    const result = await runSuite(suite, { ...options, budgetMs: (options.budgetMs * suite.share) / shares });
    results.push({ ...result, seconds: Math.round((performance.now() - begin) / 100) / 10 });
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
