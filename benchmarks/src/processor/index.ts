import { JetStreamDocumentStore } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { JetStreamBench } from "../jetstream/bench.ts";
import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { concurrencyRow } from "./concurrency-row.ts";
import { liveRow } from "./live-row.ts";
import { checkpointRow, readRow } from "./read-rows.ts";
import { takeoverFigures } from "./takeover-figures.ts";

/** The processor. */
export const processorSuite: Suite = async (sizes, report) => {
  const reason = "reading a feed in memory only divides an array into pages, so calling any function takes longer";
  const inMemory = await readRow("in memory", new MemoryEventStore(), new MemoryDocumentStore(), sizes, reason);
  report({ rows: [await compare(inMemory)] });
  report({ rows: [await compare(await concurrencyRow(sizes))] });
  const bench = await JetStreamBench.start();
  try {
    const store = await bench.open("processor");
    const documents = await JetStreamDocumentStore.open(bench.own, { bucket: "processors" });
    report({ rows: [await compare(await readRow("on JetStream", store, documents, sizes))] });
    report({ rows: [await compare(await checkpointRow(store, documents, sizes))] });
    report({ rows: [await liveRow(bench, documents, sizes)] });
    report({ figures: await takeoverFigures(bench, documents) });
  } finally {
    await bench.stop();
  }
};
