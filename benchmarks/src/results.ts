import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Machine } from "./machine.ts";
import { reaches } from "./measure.ts";
import type { Findings } from "./suite.ts";
import { type SuiteName, suiteNames } from "./suites.ts";

/** What one run of a suite found, and where. */
export interface Section extends Required<Findings> {
  readonly takenOn: string;
  readonly seconds: number;
  readonly quick: boolean;
  readonly machine: Machine;
}

/** A file of results: the last section of each suite. */
export type Results = { readonly [Name in SuiteName]?: Section };

/** Puts findings behind others. */
export function joined(all: Required<Findings>, more: Findings): Required<Findings> {
  const { rows = [], figures = [], curves = [], contests = [] } = more;
  return {
    rows: [...all.rows, ...rows],
    figures: [...all.figures, ...figures],
    curves: [...all.curves, ...curves],
    contests: [...all.contests, ...contests],
  };
}

export const nothing: Required<Findings> = { rows: [], figures: [], curves: [], contests: [] };

/** Something that is under its goal. */
export interface Miss {
  readonly name: string;
  /** Why that is accepted, if it is. */
  readonly why: string | undefined;
}

/** All that is under its goal. */
export function missedGoals({ rows, figures }: Required<Findings>): readonly Miss[] {
  const missedRows = rows.filter((row) => !reaches(row));
  const missedFigures = figures.filter(({ value, most }) => most !== undefined && value > most);
  return [
    ...missedRows.map(({ name, against, why }) => ({
      name: against === undefined ? name : `${name}, against ${against}`,
      why,
    })),
    ...missedFigures.map(({ name, why }) => ({ name, why })),
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
 * Writes the sections that were measured; those of other suites stay as they are in the file. Before them stands the list
 * of all rows, for those who want nothing else.
 */
export function writeResults(file: string, measured: Results): void {
  const all: Results = { ...readResults(file), ...measured };
  const ordered = suiteNames.filter((name) => all[name] !== undefined).map((name) => [name, all[name]]);
  const results = suiteNames.flatMap((name) => all[name]?.rows ?? []);
  writeFileSync(file, `${JSON.stringify({ results, ...Object.fromEntries(ordered) }, rounded, 1)}\n`);
}

/** Four significant digits are more than any measurement is worth. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
