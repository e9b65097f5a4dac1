import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { matchRow } from "./match-row.ts";
import { memoryRows } from "./memory-rows.ts";
import { NatsBusBench } from "./nats-rows.ts";

/** Both event buses, and the index of patterns that both use. */
export const busSuite: Suite = async (sizes, report) => {
  for (const row of [...memoryRows(sizes), matchRow(sizes)]) report({ rows: [await compare(row)] });
  await using bench = await NatsBusBench.start(sizes);
  for (const row of bench.rows()) report({ rows: [await compare(row)] });
};
