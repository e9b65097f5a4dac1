import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Machine } from "./machine.ts";
import { reaches } from "./measure.ts";
import type { Findings } from "./suite.ts";
import { type SuiteName, suiteNames } from "./suites.ts";

/** Results of one run of a suite, with date and environment. */
export interface Section extends Required<Findings> {
  readonly takenOn: string;
  readonly seconds: number;
  readonly quick: boolean;
  readonly machine: Machine;
}

/** Contents of a results file: the latest section of each suite. */
export type Results = { readonly [Name in SuiteName]?: Section };

/** Returns all findings, followed by more findings. */
export function merge(all: Required<Findings>, more: Findings): Required<Findings> {
  const { rows = [], figures = [], curves = [], contests = [] } = more;
  return {
    rows: [...all.rows, ...rows],
    figures: [...all.figures, ...figures],
    curves: [...all.curves, ...curves],
    contests: [...all.contests, ...contests],
  };
}

export const noFindings: Required<Findings> = { rows: [], figures: [], curves: [], contests: [] };

/** A row or figure that does not reach its goal. */
export interface MissedGoal {
  readonly name: string;
  /** Reason for accepting the missed goal; `undefined` if it is not accepted. */
  readonly reason: string | undefined;
}

/** Returns all rows and figures that do not reach their goals. */
export function missedGoals({ rows, figures }: Required<Findings>): readonly MissedGoal[] {
  const missedRows = rows.filter((row) => !reaches(row));
  const missedFigures = figures.filter(({ value, maximum }) => maximum !== undefined && value > maximum);
  return [
    ...missedRows.map(({ name, against, reason }) => ({
      name: against === undefined ? name : `${name}, compared with ${against}`,
      reason,
    })),
    ...missedFigures.map(({ name, reason }) => ({ name, reason })),
  ];
}

export function readResults(file: string): Results {
  if (!existsSync(file)) return {};
  const { results: _, ...sections } = JSON.parse(readFileSync(file, "utf8")) as Results & {
    readonly results?: unknown;
  };
  return sections;
}

/**
 * Writes the measured sections to a file, and keeps the file's sections of all other suites. The file begins with
 * `results`, one list of the rows of all suites, for programs that need only the rows.
 */
export function writeResults(file: string, measured: Results): void {
  const all: Results = { ...readResults(file), ...measured };
  const ordered = suiteNames.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
  const results = suiteNames.flatMap((name) => all[name]?.rows ?? []);
  writeFileSync(file, `${JSON.stringify({ results, ...Object.fromEntries(ordered) }, rounded, 1)}\n`);
}

/** Rounds to four significant digits, which is more precise than any measurement. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
