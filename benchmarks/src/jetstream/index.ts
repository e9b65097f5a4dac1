import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { appendRows } from "./append-rows.ts";
import { JetStreamBench } from "./bench.ts";
import { cacheRow } from "./cache-row.ts";
import { readRows, snapshotRows, tailRows } from "./read-rows.ts";

/** The JetStream store, compared with the raw client. */
export const jetStreamSuite: Suite = async (sizes, report) => {
  const bench = await JetStreamBench.start();
  try {
    for (const rows of [appendRows, readRows, tailRows, snapshotRows]) {
      for (const comparison of await rows(bench, sizes)) {
        report({ rows: [await compare({ collect: "young", ...comparison })] });
      }
    }
    report({ rows: [await cacheRow(bench, sizes)] });
  } finally {
    await bench.stop();
  }
};
