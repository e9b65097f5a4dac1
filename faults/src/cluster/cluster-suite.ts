import { findNatsServer, startNatsCluster } from "@aether/nats-testing";
import { finishing } from "../minima.ts";
import { unleash } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { clientNames, type WorkerPlan } from "../workload/plan.ts";
import { Workers } from "../workload/workers.ts";
import { Admin } from "./admin.ts";
import { unsafeReplication } from "./replication.ts";
import { judge } from "./verdict.ts";

const STREAM = "faults";
const WRITERS = 4;
const READERS = 2;
const SERVERS = 3;
/** A server that led and was cut off gives up what it had not stored on others message by message, one or two a second. */
const LONG_PATIENCE_MS = 600_000;

/** Three servers with three replicas; writers and readers in processes of their own; one fault after the other. */
export const clusterSuite: Suite = {
  name: "cluster",
  share: 5,
  minima: { "events acknowledged": 200_000, faults: 50 },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const unsafe = unsafeReplication((await findNatsServer()).version);
  if (unsafe !== undefined) return { name: "cluster", violations: [], figures: { "not run": unsafe } };
  const random = new Random(seed);
  await using cluster = await startNatsCluster({ signal });
  const admin = await Admin.connect(cluster.servers.map(({ server }) => server.url));
  try {
    const roles = [...Array(WRITERS).fill("writer"), ...Array(READERS).fill("reader")] as WorkerPlan["role"][];
    await using workers = await Workers.start(
      roles.map((role, index) => ({
        role,
        name: `${role}-${index}`,
        client: clientNames[index % clientNames.length] as WorkerPlan["client"],
        urls: random.shuffle(cluster.urls),
        streamName: STREAM,
        replicaCount: SERVERS,
        lanes: role === "writer" ? 32 : 3,
        hotActors: 6,
        coldActors: 20_000,
        seed: random.integer(0, 2 ** 31),
        ackTimeoutMs: 5_000,
      })),
    );
    const isOver = finishing(context);
    const nemesis = await unleash({
      cluster,
      admin,
      streamName: STREAM,
      random,
      isOver: (faults) => isOver({ faults, "events acknowledged": workers.tally.acknowledged }),
      signal,
      progress: () => workers.progress,
      log,
    });
    await workers.stop();
    const operations = await workers.operations();
    const { acknowledged, conflicts, unknown, failed, reads, failedReads } = workers.tally;
    log(`judging ${operations.length} calls`);
    const patience = context.minima === undefined ? {} : { patienceMs: LONG_PATIENCE_MS };
    const verdict = await judge({ admin, streamName: STREAM, servers: SERVERS, operations, random, ...patience });
    return {
      name: "cluster",
      violations: [...workers.surprises, ...nemesis.violations, ...verdict.violations],
      figures: {
        "events acknowledged": acknowledged,
        "conflicts told": conflicts,
        "outcomes unknown": unknown,
        "saves failed": failed,
        reads,
        "reads failed": failedReads,
        "writer processes": WRITERS,
        "reader processes": READERS,
        "connections that a client left open": workers.connectionsLeft,
        ...verdict.figures,
        "slowest recovery, ms": nemesis.slowestRecoveryMs,
        faults: nemesis.faults,
      },
    };
  } finally {
    await admin.close();
  }
}
