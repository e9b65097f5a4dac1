import type { NatsCluster } from "@aether/nats-testing";
import { FollowerKiller } from "../feeds/kill-followers.ts";
import { finishing } from "../minimums.ts";
import { runNemesis } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { figuresOf, workerPlans } from "../workload/plan.ts";
import { Workers } from "../workload/workers.ts";
import type { Admin } from "./admin.ts";
import { checkRun } from "./check-run.ts";
import { runOnCluster } from "./run-on-cluster.ts";

const NAME = "cluster";
const STREAM = "faults";
const WRITERS = 4;
const READERS = 2;
const FOLLOWERS = 3;
const SERVERS = 3;
/**
 * Time limit for replicas to catch up after a long run. A server that was isolated while it was the leader discards its
 * unreplicated messages slowly, one or two per second.
 */
const LONG_CATCH_UP_TIMEOUT_MS = 600_000;

/** A cluster with three replicas of a stream. Writers and readers in separate processes continue during faults. */
export const clusterSuite: Suite = {
  name: NAME,
  share: 5,
  minimums: { "events acknowledged": 200_000, faults: 50 },
  run: (context) => runOnCluster(NAME, context, (cluster, admin) => run(context, cluster, admin)),
};

async function run(context: SuiteContext, cluster: NatsCluster, admin: Admin): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  await using workers = await Workers.start(
    workerPlans({ writers: WRITERS, readers: READERS, followers: FOLLOWERS }, random, (role) => ({
      urls: random.shuffle(cluster.urls),
      streamName: STREAM,
      replicaCount: SERVERS,
      maxInFlight: role === "writer" ? 32 : 3,
      hotActors: 6,
      coldActors: 20_000,
      ackTimeoutMs: 5_000,
    })),
  );
  const killer = new FollowerKiller(workers, new Random(seed + 1));
  const isFinished = finishing(context);
  const nemesis = await runNemesis({
    cluster,
    admin,
    streamNames: [STREAM],
    random,
    isFinished: (faults) => isFinished({ faults, "events acknowledged": workers.tally.acknowledged }),
    signal,
    progress: () => workers.progress,
    log,
  });
  await killer.stop();
  await workers.stop(() => admin.lastSequence(STREAM));
  const operations = await workers.operations();
  const { tally } = workers;
  log(`checking ${operations.length} calls`);
  const timeouts = context.minimums === undefined ? {} : { catchUpTimeoutMs: LONG_CATCH_UP_TIMEOUT_MS };
  const checked = await checkRun({
    admin,
    streamName: STREAM,
    servers: SERVERS,
    operations,
    feeds: workers.feeds(),
    random,
    ...timeouts,
  });
  return {
    name: NAME,
    violations: [...workers.unexpected, ...nemesis.violations, ...checked.violations],
    figures: {
      ...figuresOf(tally),
      "failed reads": tally.failedReads,
      "writer processes": WRITERS,
      "reader processes": READERS,
      "follower processes": FOLLOWERS,
      "followers killed and resumed": killer.kills,
      "connections left open by the NATS client": workers.connectionsLeft,
      ...checked.figures,
      "slowest recovery, ms": nemesis.slowestRecoveryMs,
      faults: nemesis.faults,
    },
  };
}
