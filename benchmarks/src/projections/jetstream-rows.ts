import type { DocumentStore, FeedEventStore } from "@aether/core";
import { runProjection } from "@aether/projections";
import { fill } from "../feed/fill.ts";
import type { JetStreamBench } from "../jetstream/bench.ts";
import { type Comparison, median, moreRepetitions, type Result } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { type LineEvent, type LineTotal, lineAdded, lineTotals, withLine } from "./line-totals.ts";

const ACTORS = 1_000;

/** Building documents in a bucket, compared with a write for each event. */
export async function catchUpRow(
  bench: JetStreamBench,
  documents: DocumentStore,
  { quick, repetitions }: Sizes,
): Promise<Comparison> {
  const events = quick ? 10_000 : 100_000;
  // The documents are written one after the other, so their number does not change the rate.
  const written = quick ? 500 : 5_000;
  const store = (await bench.open("projections")) as unknown as FeedEventStore<LineEvent>;
  await fill(store as never, { events, actors: ACTORS, perCommit: 1 });
  const latest = await store.getLatestPosition();
  if (latest === undefined) throw new Error("the store is empty");
  return {
    name: `${events.toLocaleString("en")} events of ${ACTORS.toLocaleString("en")} actors into documents, on JetStream`,
    against: "a loop over the feed that reads and writes the document of each event",
    unit: "events/s",
    goal: 20,
    reason: "every document is checked right after the event that has changed it, so that an error names this event",
    repetitions,
    ours: {
      run: async () => {
        await using running = await runProjection(store, lineTotals(), { documents });
        await running.waitFor(latest, { timeoutMs: 120_000 });
        return events;
      },
    },
    baseline: { run: () => writeEach(store, documents, written) },
  };
}

/** Reads and writes the document of each event. Returns the number of events. */
async function writeEach(store: FeedEventStore<LineEvent>, documents: DocumentStore, most: number): Promise<number> {
  let events = 0;
  for await (const page of store.readFeed()) {
    for (const { event } of page.events) {
      const document = await documents.getDocument<LineTotal>("line-totals", event.actorId);
      const options = { expectedRevision: document?.revision ?? "absent" } as const;
      await documents.putDocument("line-totals", event.actorId, withLine(document?.value, event), options);
      if (++events === most) return events;
    }
  }
  return events;
}

/** A read of an own write, compared with a read that does not wait. */
export async function ownWriteRow(bench: JetStreamBench, documents: DocumentStore, sizes: Sizes): Promise<Result> {
  const store = (await bench.open("projections-live")) as unknown as FeedEventStore<LineEvent>;
  const reads = sizes.quick ? 100 : 1_000;
  await using running = await runProjection(store, lineTotals(), { documents });
  let version = 0;
  const rounds: { readonly ours: number; readonly baseline: number }[] = [];
  // Round -1 is the warm-up, whose values are not kept.
  for (let round = -1; round < moreRepetitions(sizes); round++) {
    const [ownMs, plainMs]: [number[], number[]] = [[], []];
    for (let read = 0; read < reads; read++) {
      const receipt = await store.saveEvent(lineAdded("order-1", ++version));
      const startedMs = performance.now();
      const document = await running.get("order-1", { atLeast: receipt });
      ownMs.push(performance.now() - startedMs);
      if (document?.lines !== version) throw new Error("the read has not found the own write");
      const plainStartedMs = performance.now();
      await running.get("order-1");
      plainMs.push(performance.now() - plainStartedMs);
    }
    if (round >= 0) rounds.push({ ours: median(ownMs), baseline: median(plainMs) });
  }
  const ratios = rounds.map(({ ours, baseline }) => ours / baseline);
  return {
    name: "get with atLeast of a save that was just acknowledged, on JetStream, median",
    against: "get without atLeast",
    unit: "ms",
    ours: median(rounds.map(({ ours }) => ours)),
    baseline: median(rounds.map(({ baseline }) => baseline)),
    ratio: median(ratios),
    goal: 3,
    lowerIsBetter: true,
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}
