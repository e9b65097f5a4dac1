import { JetStreamBench } from "../jetstream/bench.ts";
import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { catchUpRows } from "./catch-up-rows.ts";
import { lagFigure } from "./lag-figure.ts";
import { liveRow } from "./live-row.ts";
import { memoryFigure } from "./memory-figure.ts";
import { memoryStoreRow } from "./memory-store-row.ts";
import { partitionRows } from "./partition-rows.ts";

/** The feeds of the stores. */
export const feedSuite: Suite = async (sizes, report) => {
  report({ rows: [await compare(await memoryStoreRow(sizes))] });
  const bench = await JetStreamBench.start();
  try {
    for (const rows of [catchUpRows, partitionRows]) {
      for (const comparison of await rows(bench, sizes)) report({ rows: [await compare(comparison)] });
    }
    report({ rows: [await liveRow(bench, sizes)] });
    report({ figures: [await lagFigure(bench, sizes)] });
    report({ figures: [await memoryFigure(bench, sizes)] });
  } finally {
    await bench.stop();
  }
};
