import type { NatsCluster } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { Admin } from "../cluster/admin.ts";
import { runOnCluster } from "../cluster/run-on-cluster.ts";
import { finishing } from "../minimums.ts";
import { runNemesis } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { BusHandle } from "./bus-handle.ts";
import { type BusReport, checkBusReports } from "./bus-report.ts";

const NAME = "buses";
const PROCESSES = 4;
/** The stream whose leader some faults target. The buses need no stream. */
const STREAM = "faults";

/** Processes that publish to each other over NATS buses on a cluster, while faults are injected. */
export const busSuite: Suite = {
  name: NAME,
  share: 3,
  minimums: { faults: 30, "events received": 1_000_000 },
  run: (context) => runOnCluster(NAME, context, (cluster, admin) => run(context, cluster, admin)),
};

async function run(context: SuiteContext, cluster: NatsCluster, admin: Admin): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  const buses: BusHandle[] = [];
  try {
    await using _ = await JetStreamEventStore.open(admin.connection, { streamName: STREAM, replicaCount: 3 });
    const peers = Array.from({ length: PROCESSES }, (__, index) => `bus-${index}`);
    peers.forEach((name, index) => {
      const client = clientNames[index % clientNames.length] as ClientName;
      const holdUpTo = index < clientNames.length ? 0 : 1_000;
      buses.push(new BusHandle({ name, client, urls: random.shuffle(cluster.urls), holdUpTo, maxInFlight: 8, peers }));
    });
    await Promise.all(buses.map((bus) => bus.waitFor("ready")));
    const isFinished = finishing(context);
    const nemesis = await runNemesis({
      cluster,
      admin,
      streamNames: [STREAM],
      random,
      isFinished: (faults) => isFinished({ faults, "events received": receivedBy(buses) }),
      signal,
      progress: () => Object.assign({}, ...buses.map((bus) => bus.progress)),
      log,
    });
    const reports = await finish(buses);
    const sum = (count: (report: BusReport) => number): number =>
      reports.reduce((total, report) => total + count(report), 0);
    return {
      name: NAME,
      violations: [...nemesis.violations, ...checkBusReports(reports)],
      figures: {
        processes: PROCESSES,
        "events published": sum(({ attempts, rejected }) => attempts - rejected.length),
        "events received": sum(({ received }) =>
          Object.values(received).reduce((total, { length }) => total + length, 0),
        ),
        "events rejected": sum(({ rejected }) => rejected.length),
        "events unconfirmed": sum(({ unconfirmed }) => unconfirmed),
        "losses counted": sum(({ missed }) => missed),
        "messages corrupted by the client": sum(({ malformed }) => malformed),
        "slowest recovery, ms": nemesis.slowestRecoveryMs,
        faults: nemesis.faults,
      },
    };
  } finally {
    await Promise.all(buses.map((bus) => bus.close()));
  }
}

function receivedBy(buses: readonly BusHandle[]): number {
  return buses.reduce((sum, { received }) => sum + received, 0);
}

/**
 * Waits until every process has received one more event from every other process, then collects the reports. A bus
 * detects a loss when the next event arrives, so each loss is detected by then.
 */
async function finish(buses: readonly BusHandle[]): Promise<readonly BusReport[]> {
  for (const bus of buses) bus.send({ kind: "finish" });
  // If a process receives nothing from a peer, its report names the peer.
  await Promise.all(buses.map((bus) => bus.waitFor("all peers received").catch(() => {})));
  for (const bus of buses) bus.send({ kind: "stop" });
  await Promise.all(buses.map((bus) => bus.waitFor("stopped")));
  for (const bus of buses) bus.send({ kind: "report" });
  return Promise.all(buses.map(async (bus) => (await bus.waitFor("report")).report));
}
