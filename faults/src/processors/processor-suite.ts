import type { NatsCluster } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import type { Admin } from "../cluster/admin.ts";
import { runOnCluster } from "../cluster/run-on-cluster.ts";
import { finishing } from "../minimums.ts";
import { runNemesis } from "../nemesis/nemesis.ts";
import { Random } from "../random.ts";
import type { Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { checkProcessors } from "./check-processors.ts";
import { DocumentObserver } from "./document-observer.ts";
import { allEvents, untilAllHandled } from "./final-events.ts";
import { LogFolder } from "./log-folder.ts";
import { ParkedRequests } from "./parked-requests.ts";
import { ProcessFaults } from "./process-faults.ts";
import { ProcessorProcesses } from "./processor-processes.ts";
import { readLogs } from "./read-logs.ts";
import { RunLog } from "./run-log.ts";
import { resetStore } from "./store-reset.ts";

const NAME = "processors";
const SERVERS = 3;
const STREAM = "faults";
const BUCKET = "faults";
const PROCESSES = 4;
const SAVERS = 2;
const LEASE_MS = 3_000;

/** Processors in four processes share the partitions of a stream on a cluster. Processes and servers have faults. */
export const processorSuite: Suite = {
  name: NAME,
  share: 4,
  minimums: { faults: 30, "faults of processes": 60, "events saved": 30_000 },
  run: (context) => runOnCluster(NAME, context, (cluster, admin) => run(context, cluster, admin)),
};

async function run(context: SuiteContext, cluster: NatsCluster, admin: Admin): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  await using logs = await LogFolder.create();
  const replicas = { replicaCount: SERVERS };
  await using store = await JetStreamEventStore.open(admin.connection, { streamName: STREAM, ...replicas });
  await using documents = await JetStreamDocumentStore.open(admin.connection, { bucket: BUCKET, ...replicas });
  await using observer = new DocumentObserver(documents, new RunLog(logs.fileOf("observer")));
  await using processes = await ProcessorProcesses.start({
    urls: cluster.urls,
    streamName: STREAM,
    bucket: BUCKET,
    processors: PROCESSES,
    savers: SAVERS,
    leaseMs: LEASE_MS,
    random,
    logs,
  });
  await using requests = new ParkedRequests(documents);
  await using processFaults = new ProcessFaults({
    slots: processes.slots,
    random: new Random(seed + 1),
    leaseMs: LEASE_MS,
    log,
  });
  const isFinished = finishing(context);
  const nemesis = await runNemesis({
    cluster,
    admin,
    streamNames: [STREAM, `KV_${documents.bucket}`],
    random,
    isFinished: (faults) =>
      isFinished({ faults, "faults of processes": processFaults.counts, "events saved": processes.saved }),
    signal,
    progress: () => processes.progress,
    log,
  });
  await processFaults.stop();
  const saved = await processes.finishSaving();
  const eventsSaved = Object.values(saved.versions).reduce((sum, version) => sum + version, 0);
  const end = await untilAllHandled(documents, store);
  await requests.stop();
  const events = await allEvents(store);
  const reset = await resetStore(admin, { slots: processes.slots, streamName: STREAM, ...replicas });
  await observer.stop();

  log(`checking ${eventsSaved} events`);
  const { violations, activity } = checkProcessors(
    {
      ...(await readLogs(logs.folder)),
      events,
      acknowledged: saved.versions,
      discards: requests.discards,
      waits: end.waits,
      resetMs: reset.atMs,
    },
    processFaults.counts,
  );
  return {
    name: NAME,
    violations: [
      ...saved.unexpected,
      ...processes.unexpected,
      ...requests.unexpected,
      ...processFaults.violations,
      ...nemesis.violations,
      ...end.violations,
      ...reset.violations,
      ...violations,
    ],
    figures: {
      "events saved": eventsSaved,
      ...activity,
      "retries requested": requests.retries,
      "processes that handled events": PROCESSES,
      "slowest recovery, ms": nemesis.slowestRecoveryMs,
      "faults of processes": { ...processFaults.counts },
      faults: nemesis.faults,
    },
  };
}
