import type { TimedResult } from "../run-suites.ts";
import type { Counts, Figure, Table } from "../suite.ts";

/** Names of the figures whose highest value of all runs is shown. All other figures are added up. */
const HIGHEST = /slowest|longest|process|compared|resources/;

/**
 * Combines the figures of several runs of one suite. Returns a table of the simple figures, and a table for each figure
 * that has rows and columns itself.
 *
 * @param meanings - text for the third column, by figure
 */
export function figureTables(results: readonly TimedResult[], meanings: Readonly<Record<string, string>>): string {
  const figures: Record<string, Figure> = {};
  for (const result of results) {
    for (const [name, figure] of Object.entries(result.figures)) {
      if (name !== "faults") figures[name] = combine(name, figures[name], figure);
    }
  }
  const entries = Object.entries(figures);
  const single = entries.flatMap(([name, figure]) =>
    isTable(figure) ? [] : [[name, cell(figure), meanings[name] ?? ""]],
  );
  return [
    ...(single.length > 0 ? [markdownTable(["figure", "value", "meaning"], single)] : []),
    ...entries.flatMap(([name, figure]) => (isTable(figure) ? [wideTable(name, figure)] : [])),
  ].join("\n\n");
}

/** Combines two values of a figure to their sum or to the higher one. Combines tables and counts number by number. */
export function combine(name: string, left: Figure | undefined, right: Figure): Figure {
  if (left === undefined || typeof left !== typeof right || typeof right === "string") return right;
  if (typeof left === "number" && typeof right === "number") {
    return HIGHEST.test(name) ? Math.max(left, right) : left + right;
  }
  const both: Record<string, Figure> = { ...(left as Record<string, Figure>) };
  for (const [key, each] of Object.entries(right)) both[key] = combine(name, both[key], each);
  return both as Counts | Table;
}

export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

export function shown(figure: number | string): string {
  return typeof figure === "number" ? figure.toLocaleString("en") : figure;
}

function wideTable(title: string, table: Table): string {
  const columns = [...new Set(Object.values(table).flatMap((counts) => Object.keys(counts)))];
  const rows = Object.entries(table).map(([row, counts]) => [
    row,
    ...columns.map((column) => (counts[column] === undefined ? "" : shown(counts[column]))),
  ]);
  return markdownTable([title, ...columns], rows);
}

function isTable(figure: Figure): figure is Table {
  return typeof figure === "object" && Object.values(figure).some((each) => typeof each === "object");
}

function cell(figure: number | string | Counts): string {
  if (typeof figure !== "object") return shown(figure);
  return Object.entries(figure)
    .map(([name, count]) => `${name} ${shown(count)}`)
    .join(", ");
}
