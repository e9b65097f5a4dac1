import { JetStreamDocumentStore } from "@aether/store-jetstream";
import { JetStreamBench } from "../jetstream/bench.ts";
import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { catchUpRow, ownWriteRow } from "./jetstream-rows.ts";
import { memoryRows } from "./memory-rows.ts";

/** Projections. */
export const projectionsSuite: Suite = async (sizes, report) => {
  for (const comparison of await memoryRows(sizes)) report({ rows: [await compare(comparison)] });
  const bench = await JetStreamBench.start();
  try {
    const documents = await JetStreamDocumentStore.open(bench.own, { bucket: "projections" });
    report({ rows: [await compare(await catchUpRow(bench, documents, sizes))] });
    report({ rows: [await ownWriteRow(bench, documents, sizes)] });
  } finally {
    await bench.stop();
  }
};
