import { busSuite } from "./bus/index.ts";
import { clusterSuite } from "./cluster/index.ts";
import { codecSuite } from "./codec/index.ts";
import { growthSuite } from "./growth/index.ts";
import { jetStreamResults } from "./jetstream/index.ts";
import { memorySuite } from "./memory/index.ts";
import { retrySuite } from "./retry/index.ts";
import { startSuite } from "./start/index.ts";
import type { Suite } from "./suite.ts";

/** What can be measured, in the order in which it is. */
export const suiteNames = ["memory", "codec", "jetstream", "bus", "retry", "growth", "cluster", "start"] as const;

export type SuiteName = (typeof suiteNames)[number];

export const suites: Readonly<Record<SuiteName, Suite>> = {
  memory: memorySuite,
  codec: codecSuite,
  jetstream: async (sizes, tell) => void (await jetStreamResults(sizes, (row) => tell({ rows: [row] }))),
  bus: busSuite,
  retry: retrySuite,
  growth: growthSuite,
  cluster: clusterSuite,
  start: startSuite,
};
