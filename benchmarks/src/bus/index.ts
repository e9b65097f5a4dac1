import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { matchRow } from "./match-row.ts";
import { memoryRows } from "./memory-rows.ts";
import { NatsBusBench } from "./nats-rows.ts";

/** The event buses, and how they find who wants an event. */
export const busSuite: Suite = async (sizes, tell) => {
  for (const row of [...memoryRows(sizes), matchRow(sizes)]) tell({ rows: [await compare(row)] });
  await using bench = await NatsBusBench.start(sizes);
  for (const row of bench.rows()) tell({ rows: [await compare(row)] });
};
