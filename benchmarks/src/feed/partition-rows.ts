import type { FeedEventStore, FeedOptions } from "@aether/core";
import type { JetStreamBench } from "../jetstream/bench.ts";
import type { Comparison, Side } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { fill } from "./fill.ts";
import { readAll } from "./read-all.ts";

/** Reading one of the sixteen partitions, compared with reading all of them. */
export async function partitionRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const events = sizes.quick ? 20_000 : 200_000;
  const rows: Comparison[] = [];
  for (const [actors, goal] of [
    [2_000, 0.4],
    [sizes.quick ? 10_000 : 100_000, 0.2],
  ] as const) {
    const store = await bench.open(`partitioned-${actors}`);
    await fill(store, { events, actors, perCommit: 1 });
    rows.push({
      name: `readFeed, one of 16 partitions, ${actors.toLocaleString("en")} actors`,
      against: `reading all ${events.toLocaleString("en")} events`,
      unit: "ms",
      goal,
      lowerIsBetter: true,
      repetitions: sizes.repetitions,
      ours: once(store, { partition: 3 }),
      baseline: once(store),
    });
  }
  return rows;
}

function once(store: FeedEventStore, options?: FeedOptions): Side {
  return {
    run: async () => {
      await readAll(store, options);
      return 1;
    },
  };
}
