import type { BatchEventStore, DocumentStore, FeedEventStore } from "@aether/core";
import { fill } from "../feed/fill.ts";
import { readAll } from "../feed/read-all.ts";
import type { Comparison } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { runTo } from "./run-to.ts";

/** Handling all events with a handler that does nothing, compared with reading the feed alone. */
export async function readRow(
  where: string,
  store: FeedEventStore & BatchEventStore,
  documents: DocumentStore,
  { quick, repetitions }: Sizes,
  reason?: string,
): Promise<Comparison> {
  const events = quick ? 10_000 : 100_000;
  await fill(store, { events, actors: 1_000, perCommit: 1 });
  const position = await store.getLatestPosition();
  if (position === undefined) throw new Error("the store is empty");
  return {
    name: `handling ${events.toLocaleString("en")} events ${where}, one at a time, with a handler that does nothing`,
    against: "reading the feed alone",
    unit: "events/s",
    goal: 0.7,
    ...(reason === undefined ? {} : { reason }),
    repetitions,
    ours: {
      run: async () => {
        await runTo(position, store, documents, { concurrency: 1 });
        return events;
      },
    },
    baseline: { run: () => readAll(store) },
  };
}

/** The cost of checkpoints: handling all events with the default interval, compared with none until the end. */
export async function checkpointRow(
  store: FeedEventStore & BatchEventStore,
  documents: DocumentStore,
  { quick, repetitions }: Sizes,
): Promise<Comparison> {
  const events = quick ? 10_000 : 100_000;
  const times = quick ? 1 : 3;
  const position = await store.getLatestPosition();
  if (position === undefined) throw new Error("the store is empty");
  const run = async (checkpointMs: number): Promise<number> => {
    const options = { concurrency: 1, leaseMs: 600_000, checkpointMs };
    for (let time = 0; time < times; time++) await runTo(position, store, documents, options);
    return events * times;
  };
  return {
    name: "handling events on JetStream with a checkpoint every 250 ms",
    against: "with no checkpoint before the end",
    unit: "events/s",
    goal: 0.98,
    repetitions,
    ours: { run: () => run(250) },
    baseline: { run: () => run(200_000) },
  };
}
