import type { Table } from "../suite.ts";
import { cut, explain, type Property } from "./property.ts";

/** For how long to try, and with what. */
export interface CampaignOptions {
  /** Told what was tried so far. */
  readonly isOver: (cases: Table) => boolean;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** What came of it. */
export interface CampaignResult {
  readonly violations: string[];
  /** Inputs tried, by row and column of their properties. */
  readonly cases: Table;
}

/** One fault shows in many inputs: so many of a property are enough. */
const MAX_FAILURES = 5;

/** Tries properties in turn, with ever new inputs, until it is over; each at least once. */
export async function campaign(properties: readonly Property[], options: CampaignOptions): Promise<CampaignResult> {
  const violations: string[] = [];
  const failures = new Map<Property, number>();
  const hasFailedEnough = (property: Property): boolean => (failures.get(property) ?? 0) >= MAX_FAILURES;
  const cases: Record<string, Record<string, number>> = {};
  const stopWatching = watchProcess((what) => violations.push(what));
  try {
    for (let round = 0; round === 0 || !options.isOver(cases); round++) {
      for (const property of properties) {
        if (options.signal.aborted || (round > 0 && options.isOver(cases))) break;
        if (hasFailedEnough(property)) continue;
        const seed = (options.seed + round * 7_919) | 0;
        const run = await property.check(property.runs, seed);
        const { row, column } = property;
        const tried = cases[row] ?? {};
        cases[row] = { ...tried, [column]: (tried[column] ?? 0) + run.numRuns };
        if (!run.failed) continue;
        failures.set(property, (failures.get(property) ?? 0) + 1);
        violations.push(
          `${property.name}: ${explain(run.errorInstance)}; seed ${seed}, ${cut(String(run.counterexamplePath))}, input ${cut(show(run.counterexample))}`,
        );
      }
      if (options.signal.aborted || properties.every(hasFailedEnough)) break;
    }
    // What nobody waits for shows a turn later.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    stopWatching();
  }
  return { violations, cases };
}

/** Nothing may end outside of the calls. */
function watchProcess(report: (what: string) => void): () => void {
  const rejected = (reason: unknown): void => report(`a promise that nobody had rejected: ${explain(reason)}`);
  const thrown = (error: unknown): void => report(`an error that nobody could catch: ${explain(error)}`);
  process.on("unhandledRejection", rejected);
  process.on("uncaughtException", thrown);
  return () => {
    process.off("unhandledRejection", rejected);
    process.off("uncaughtException", thrown);
  };
}

function show(input: unknown): string {
  try {
    return JSON.stringify(input, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  } catch {
    return "(cannot be shown: again with the seed)";
  }
}
