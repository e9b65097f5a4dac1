import { findNatsServer, startNatsCluster } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { Admin } from "../cluster/admin.ts";
import { unsafeReplication } from "../cluster/replication.ts";
import { finishing } from "../minima.ts";
import { unleash } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { BusHandle } from "./bus-handle.ts";
import { type BusReport, judgeBuses } from "./bus-report.ts";

const PROCESSES = 4;
/** The faults look for the leader of a stream; the buses do not need it. */
const STREAM = "faults";

/** Processes that tell each other what happens, on a cluster where one fault after the other strikes. */
export const busSuite: Suite = { name: "buses", share: 3, minima: { faults: 30, "events received": 1_000_000 }, run };

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const unsafe = unsafeReplication((await findNatsServer()).version);
  if (unsafe !== undefined) return { name: "buses", violations: [], figures: { "not run": unsafe } };
  const random = new Random(seed);
  await using cluster = await startNatsCluster({ signal });
  const admin = await Admin.connect(cluster.servers.map(({ server }) => server.url));
  const buses: BusHandle[] = [];
  try {
    await using _ = await JetStreamEventStore.open(admin.connection, { streamName: STREAM, replicaCount: 3 });
    const peers = Array.from({ length: PROCESSES }, (__, index) => `bus-${index}`);
    peers.forEach((name, index) => {
      const client = clientNames[index % clientNames.length] as ClientName;
      const holdUpTo = index < clientNames.length ? 0 : 1_000;
      buses.push(new BusHandle({ name, client, urls: random.shuffle(cluster.urls), holdUpTo, lanes: 8, peers }));
    });
    await Promise.all(buses.map((bus) => bus.until("ready")));
    const isOver = finishing(context);
    const nemesis = await unleash({
      cluster,
      admin,
      streamName: STREAM,
      random,
      isOver: (faults) => isOver({ faults, "events received": receivedBy(buses) }),
      signal,
      progress: () => Object.assign({}, ...buses.map((bus) => bus.progress)),
      log,
    });
    const reports = await finish(buses);
    const sum = (count: (report: BusReport) => number): number =>
      reports.reduce((total, report) => total + count(report), 0);
    return {
      name: "buses",
      violations: [...nemesis.violations, ...judgeBuses(reports)],
      figures: {
        processes: PROCESSES,
        "events published": sum(({ attempts, refused }) => attempts - refused.length),
        "events received": sum(({ received }) =>
          Object.values(received).reduce((total, { length }) => total + length, 0),
        ),
        "events refused": sum(({ refused }) => refused.length),
        "events unconfirmed": sum(({ unconfirmed }) => unconfirmed),
        "losses counted": sum(({ missed }) => missed),
        "messages that a client garbled": sum(({ malformed }) => malformed),
        "slowest recovery, ms": nemesis.slowestRecoveryMs,
        faults: nemesis.faults,
      },
    };
  } finally {
    await Promise.all(buses.map((bus) => bus.close()));
    await admin.close();
  }
}

function receivedBy(buses: readonly BusHandle[]): number {
  return buses.reduce((sum, { received }) => sum + received, 0);
}

/** Lets everyone hear from everyone once more, so that nothing that was lost is the last; then asks what they know. */
async function finish(buses: readonly BusHandle[]): Promise<readonly BusReport[]> {
  for (const bus of buses) bus.tell({ kind: "finish" });
  // Who does not hear everyone again says so in its report.
  await Promise.all(buses.map((bus) => bus.until("heard").catch(() => {})));
  for (const bus of buses) bus.tell({ kind: "stop" });
  await Promise.all(buses.map((bus) => bus.until("stopped")));
  for (const bus of buses) bus.tell({ kind: "report" });
  return Promise.all(buses.map(async (bus) => (await bus.until("report")).report));
}
