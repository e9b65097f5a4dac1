/** Result of one check. */
export interface Outcome {
  /** Row of the table: a runtime or a tool with its version. */
  readonly row: string;
  /** Column of the table. */
  readonly column: string;
  /** Time that the check took, in milliseconds. */
  readonly elapsedMs: number;
  /** The output of a failed check. Undefined if the check passed. */
  readonly failure?: string | undefined;
}

/** Prints the outcomes as a table. Rows and columns are in the order of their first outcomes. */
export function printTable(outcomes: readonly Outcome[]): string {
  const rows = [...new Set(outcomes.map(({ row }) => row))];
  const columns = [...new Set(outcomes.map(({ column }) => column))];
  const cell = (row: string, column: string): string => {
    const found = outcomes.find((each) => each.row === row && each.column === column);
    if (found === undefined) return "-";
    return found.failure === undefined ? `ok, ${(found.elapsedMs / 1000).toFixed(1)} s` : "FAILED";
  };
  const lines = [["", ...columns], ...rows.map((row) => [row, ...columns.map((column) => cell(row, column))])];
  const widths = ["", ...columns].map((_, index) => Math.max(...lines.map((line) => (line[index] ?? "").length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((text, index) => text.padEnd(widths[index] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
