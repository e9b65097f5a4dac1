import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import { runOnCluster } from "../cluster/run-on-cluster.ts";
import { finishing } from "../minimums.ts";
import { type NemesisReport, runNemesis } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { runDocuments, STREAM } from "./run-documents.ts";

const NAME = "documents";
const SERVERS = 3;
/** A leader that was cut off notices it within this time, and answers no more reads. */
const MAX_STALENESS_MS = 30_000;

/** A cluster with three replicas of a bucket. Processes write and watch the same documents during faults. */
export const documentSuite: Suite = {
  name: NAME,
  share: 3,
  minimums: {
    faults: 30,
    "document writes acknowledged": 20_000,
    "revision conflicts": 5_000,
    "unknown document writes": 20,
  },
  run: (context) => runOnCluster(NAME, context, (cluster, admin) => run(context, cluster, admin)),
};

async function run(context: SuiteContext, cluster: NatsCluster, admin: Admin): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  let nemesis: NemesisReport | undefined;
  const { violations, figures } = await runDocuments({
    admin,
    random,
    urls: cluster.urls,
    replicaCount: SERVERS,
    workers: 4,
    ackTimeoutMs: 5_000,
    maxStalenessMs: MAX_STALENESS_MS,
    injectFaults: async (processes) => {
      const isFinished = finishing(context);
      nemesis = await runNemesis({
        cluster,
        admin,
        streamNames: [STREAM],
        random,
        isFinished: (faults) => isFinished({ faults, ...processes.figures }),
        signal,
        progress: () => processes.progress,
        log,
      });
      return nemesis.violations;
    },
  });
  return {
    name: NAME,
    violations,
    figures: {
      ...figures,
      "slowest recovery, ms": nemesis?.slowestRecoveryMs ?? 0,
      faults: nemesis?.faults ?? {},
    },
  };
}
