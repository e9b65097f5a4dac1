import { busSuite } from "./bus/index.ts";
import { clusterSuite } from "./cluster/index.ts";
import { deciderSuite } from "./decider/index.ts";
import { documentsSuite } from "./documents/index.ts";
import { feedSuite } from "./feed/index.ts";
import { growthSuite } from "./growth/index.ts";
import { jetStreamSuite } from "./jetstream/index.ts";
import { memorySuite } from "./memory/index.ts";
import { processorSuite } from "./processor/index.ts";
import { projectionsSuite } from "./projections/index.ts";
import { retrySuite } from "./retry/index.ts";
import { sqliteSuite } from "./sqlite/index.ts";
import { startSuite } from "./start/index.ts";
import { storeKitSuite } from "./store-kit/index.ts";
import type { Suite } from "./suite.ts";

/** Names of all suites, in the order in which they run. */
export const suiteNames = [
  "memory",
  "store-kit",
  "sqlite",
  "jetstream",
  "feed",
  "documents",
  "processor",
  "projections",
  "bus",
  "retry",
  "decider",
  "growth",
  "cluster",
  "start",
] as const;

export type SuiteName = (typeof suiteNames)[number];

export const suites: Readonly<Record<SuiteName, Suite>> = {
  memory: memorySuite,
  "store-kit": storeKitSuite,
  sqlite: sqliteSuite,
  jetstream: jetStreamSuite,
  feed: feedSuite,
  documents: documentsSuite,
  processor: processorSuite,
  projections: projectionsSuite,
  bus: busSuite,
  retry: retrySuite,
  decider: deciderSuite,
  growth: growthSuite,
  cluster: clusterSuite,
  start: startSuite,
};
