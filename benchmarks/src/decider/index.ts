import { JetStreamBench } from "../jetstream/bench.ts";
import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { contentionFigures } from "./contention-figures.ts";
import { jetStreamRows } from "./jetstream-rows.ts";
import { memoryRows } from "./memory-rows.ts";

/** The handler of commands. */
export const deciderSuite: Suite = async (sizes, report) => {
  for (const row of memoryRows(sizes)) report({ rows: [await compare({ collect: "young", ...row })] });
  const bench = await JetStreamBench.start();
  try {
    for (const row of await jetStreamRows(bench, sizes)) {
      report({ rows: [await compare({ collect: "young", ...row })] });
    }
  } finally {
    await bench.stop();
  }
  report({ figures: await contentionFigures(sizes) });
};
