import type { TimedResult } from "../run-suites.ts";
import type { Counts, Figure, Table } from "../suite.ts";

/** Of these the highest counts; of all other figures the sum. */
const HIGHEST = /slowest|at the most|process|compared|held/;

/** What a suite tells in several runs, as tables: first its single figures, then each figure that is a table itself. */
export function figureTables(results: readonly TimedResult[]): string {
  const figures: Record<string, Figure> = {};
  for (const result of results) {
    for (const [what, figure] of Object.entries(result.figures)) {
      if (what !== "faults") figures[what] = combine(what, figures[what], figure);
    }
  }
  const entries = Object.entries(figures);
  const single = entries.flatMap(([what, figure]) => (isTable(figure) ? [] : [[what, cell(figure)]]));
  return [
    ...(single.length > 0 ? [markdownTable(["", ""], single)] : []),
    ...entries.flatMap(([what, figure]) => (isTable(figure) ? [wideTable(what, figure)] : [])),
  ].join("\n\n");
}

/** Both together: sums, or the higher of each. */
export function combine(what: string, left: Figure | undefined, right: Figure): Figure {
  if (left === undefined || typeof left !== typeof right || typeof right === "string") return right;
  if (typeof left === "number" && typeof right === "number") {
    return HIGHEST.test(what) ? Math.max(left, right) : left + right;
  }
  const both: Record<string, Figure> = { ...(left as Record<string, Figure>) };
  for (const [key, each] of Object.entries(right)) both[key] = combine(what, both[key], each);
  return both as Counts | Table;
}

export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

export function shown(figure: number | string): string {
  return typeof figure === "number" ? figure.toLocaleString("en") : figure;
}

/** A row for each thing, and a column for each of what was told of it. */
function wideTable(what: string, table: Table): string {
  const columns = [...new Set(Object.values(table).flatMap((counts) => Object.keys(counts)))];
  const rows = Object.entries(table).map(([row, counts]) => [
    row,
    ...columns.map((column) => (counts[column] === undefined ? "" : shown(counts[column]))),
  ]);
  return markdownTable([what, ...columns], rows);
}

function isTable(figure: Figure): figure is Table {
  return typeof figure === "object" && Object.values(figure).some((each) => typeof each === "object");
}

function cell(figure: number | string | Counts): string {
  if (typeof figure !== "object") return shown(figure);
  return Object.entries(figure)
    .map(([what, count]) => `${what} ${shown(count)}`)
    .join(", ");
}
