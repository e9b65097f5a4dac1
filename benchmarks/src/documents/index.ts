import { compare } from "../measure.ts";
import type { Suite } from "../suite.ts";
import { memoryRow } from "./memory-row.ts";

/** The document stores. */
export const documentsSuite: Suite = async (sizes, report) => {
  report({ rows: [await compare(memoryRow(sizes))] });
};
