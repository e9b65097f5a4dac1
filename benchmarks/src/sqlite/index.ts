import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { appendRows } from "./append-rows.ts";
import { SqliteBench } from "./bench.ts";
import { growthRow } from "./growth-row.ts";
import { readRows } from "./read-rows.ts";

/** The store in a SQLite file. */
export const sqliteSuite: Suite = async (sizes, report) => {
  const bench = new SqliteBench();
  try {
    for (const rows of [appendRows, readRows]) {
      for (const row of await rows(bench, sizes)) report({ rows: [await compare(row)] });
    }
    report({ rows: [await compare(await growthRow(bench, sizes))] });
  } finally {
    bench.stop();
  }
};
