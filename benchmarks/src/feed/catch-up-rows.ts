import type { JetStreamBench } from "../jetstream/bench.ts";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { fill } from "./fill.ts";
import { readAll } from "./read-all.ts";

const decoder = new TextDecoder();

/** Reading the whole feed, compared with the raw client's ordered consumer and `JSON.parse`. */
export async function catchUpRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const events = sizes.quick ? 20_000 : 200_000;
  const rows: Comparison[] = [];
  for (const [perCommit, goal] of [
    [1, 1.2],
    [10, 0.7],
  ] as const) {
    const streamName = `caught-up-${perCommit}`;
    const store = await bench.open(streamName);
    await fill(store, { events, actors: 2_000, perCommit });
    const client = bench.rawOn(bench.plain);
    const ordered = async (): Promise<number> => {
      const consumer = await client.consumers.get(streamName, {});
      let read = 0;
      for await (const message of await consumer.consume()) {
        const commit: unknown = JSON.parse(decoder.decode(message.data));
        read += Array.isArray(commit) ? commit.length : 1;
        if (read === events) break;
      }
      await consumer.delete().catch(() => false);
      return read;
    };
    rows.push({
      name: `readFeed, ${events.toLocaleString("en")} events in commits of ${perCommit}`,
      against: "the raw client's ordered consumer and JSON.parse, without checks",
      unit: "events/s",
      goal,
      reason:
        "the client's parser and JSON.parse take most of the time of both sides; the feed also checks and freezes " +
        "each event, makes its position, and compares its version with the actor's earlier ones",
      repetitions: sizes.repetitions,
      ours: { run: () => readAll(store) },
      baseline: { run: ordered },
    });
  }
  return rows;
}
