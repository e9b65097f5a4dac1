import { compare, type Result } from "../measure.ts";
import { appendRows, type Sizes } from "./append-rows.ts";
import { JetStreamBench } from "./bench.ts";
import { cacheRow } from "./cache-row.ts";
import { readRows, snapshotRows, tailRows } from "./read-rows.ts";

/** Every row of the JetStream store. */
export async function jetStreamResults(sizes: Sizes, report: (result: Result) => void): Promise<readonly Result[]> {
  const bench = await JetStreamBench.start();
  const results: Result[] = [];
  try {
    for (const rows of [appendRows, readRows, tailRows, snapshotRows]) {
      for (const comparison of await rows(bench, sizes)) {
        const result = await compare({ collect: "young", ...comparison });
        report(result);
        results.push(result);
      }
    }
    const cache = await cacheRow(bench, sizes);
    report(cache);
    return [...results, cache];
  } finally {
    await bench.stop();
  }
}
