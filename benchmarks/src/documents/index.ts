import { JetStreamBench } from "../jetstream/bench.ts";
import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { jetStreamRows } from "./jetstream-rows.ts";
import { memoryRows } from "./memory-rows.ts";

/** The document stores. */
export const documentsSuite: Suite = async (sizes, report) => {
  for (const comparison of memoryRows(sizes)) report({ rows: [await compare(comparison)] });
  const bench = await JetStreamBench.start();
  try {
    for (const comparison of await jetStreamRows(bench, sizes)) {
      report({ rows: [await compare({ collect: "young", ...comparison })] });
    }
  } finally {
    await bench.stop();
  }
};
