import type { Table } from "../suite.ts";
import { cut, explain } from "./explain.ts";
import type { Property } from "./property.ts";

export interface CampaignOptions {
  /** Called with the number of inputs so far, by row and column of the properties. */
  readonly isFinished: (cases: Table) => boolean;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export interface CampaignResult {
  readonly violations: string[];
  /** Number of inputs by row and column of the properties. */
  readonly cases: Table;
}

/** Number of failed turns after which a property is no longer tested, because one bug usually fails many inputs. */
const MAX_FAILURES = 5;

/** Tests the properties in turn, each time with new inputs, until finished. Tests each property at least once. */
export async function campaign(properties: readonly Property[], options: CampaignOptions): Promise<CampaignResult> {
  const violations: string[] = [];
  const failures = new Map<Property, number>();
  const hasFailedEnough = (property: Property): boolean => (failures.get(property) ?? 0) >= MAX_FAILURES;
  const cases: Record<string, Record<string, number>> = {};
  const stopWatching = watchProcess((violation) => violations.push(violation));
  try {
    for (let round = 0; round === 0 || !options.isFinished(cases); round++) {
      for (const property of properties) {
        if (options.signal.aborted || (round > 0 && options.isFinished(cases))) break;
        if (hasFailedEnough(property)) continue;
        const seed = (options.seed + round * 7_919) | 0;
        const run = await property.check(property.runs, seed);
        const { row, column } = property;
        const counts = cases[row] ?? {};
        cases[row] = { ...counts, [column]: (counts[column] ?? 0) + run.numRuns };
        if (!run.failed) continue;
        failures.set(property, (failures.get(property) ?? 0) + 1);
        const path = cut(String(run.counterexamplePath));
        const input = cut(show(run.counterexample));
        violations.push(`${property.name}: ${explain(run.errorInstance)}; seed ${seed}, path ${path}, input ${input}`);
      }
      if (options.signal.aborted || properties.every(hasFailedEnough)) break;
    }
    // Node.js reports unhandled rejections one turn of the event loop later.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    stopWatching();
  }
  return { violations, cases };
}

/** Reports errors that occur outside of any call: unhandled rejections and uncaught exceptions. */
function watchProcess(report: (violation: string) => void): () => void {
  const rejected = (reason: unknown): void => report(`unhandled rejection: ${explain(reason)}`);
  const thrown = (error: unknown): void => report(`uncaught exception: ${explain(error)}`);
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
    return "(cannot be shown; repeat with the seed)";
  }
}
