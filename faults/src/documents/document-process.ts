// One of several processes that use the same documents of a JetStream store. The document suites fork these processes.
import { setTimeout as delay } from "node:timers/promises";
import { JetStreamDocumentStore } from "@aether/store-jetstream";
import { Random } from "../random.ts";
import { connectAs } from "../workload/connect.ts";
import type { DocumentPlan, FromDocumentProcess, ToDocumentProcess } from "./document-messages.ts";
import { DocumentWatcher } from "./document-watcher.ts";
import { DocumentWorker } from "./document-worker.ts";
import { Observations } from "./observations.ts";

const PROGRESS_INTERVAL_MS = 200;
/** Pause after a failed call, in milliseconds. */
const PAUSE_MS = 20;
/** Limits of the time after which a watch is left, in milliseconds. */
const WATCH_MS = { min: 500, max: 5_000 };

process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToDocumentProcess) => {
  if (message.kind === "start") void start(message.plan);
});

async function start(plan: DocumentPlan): Promise<void> {
  const { name, client, urls, bucket, ackTimeoutMs, maxStalenessMs } = plan;
  const random = new Random(plan.seed);
  const connection = await connectAs(client, urls);
  const store = await JetStreamDocumentStore.open(connection, { bucket, stream: "bind", ackTimeoutMs });
  const observations = new Observations(name, maxStalenessMs);
  const workers = Array.from({ length: plan.workers }, (_, index) => {
    const seed = random.integer(0, 2 ** 31);
    return new DocumentWorker(store, `${name}.${index}`, new Random(seed), observations);
  });
  const watchers = Array.from(
    { length: plan.watchers },
    (_, index) => new DocumentWatcher(store, `${name}.${index}`, observations),
  );

  const finishing = new AbortController();
  const isFinishing = (): boolean => finishing.signal.aborted;
  const work = async (worker: DocumentWorker): Promise<void> => {
    while (!isFinishing()) if (!(await worker.step())) await delay(PAUSE_MS);
  };
  const restart = async (watcher: DocumentWatcher): Promise<void> => {
    while (!isFinishing()) {
      await delay(random.integer(WATCH_MS.min, WATCH_MS.max), undefined, { signal: finishing.signal }).catch(() => {});
      watcher.restart();
    }
  };
  const progress = (): void => {
    const sum = (count: (worker: DocumentWorker) => number): number =>
      workers.reduce((total, worker) => total + count(worker), 0);
    send({
      kind: "progress",
      tally: {
        acknowledged: sum(({ acknowledged }) => acknowledged),
        conflicts: sum(({ conflicts }) => conflicts),
        unknown: sum(({ unknown }) => unknown),
        changes: watchers.map(({ changes }) => changes),
      },
      heights: observations.heights,
      views: isFinishing() ? watchers.map(({ view }) => view) : [],
    });
  };
  const timer = setInterval(progress, PROGRESS_INTERVAL_MS);
  process.on("message", (message: ToDocumentProcess) => {
    if (message.kind === "learn") {
      for (const [id, height] of Object.entries(message.heights)) observations.learn(id, height);
    }
    if (message.kind === "finish") finishing.abort();
    if (message.kind === "report") void report();
  });
  send({ kind: "ready" });
  await Promise.all([...workers.map(work), ...watchers.slice(1).map(restart)]);
  send({ kind: "finished" });

  async function report(): Promise<void> {
    clearInterval(timer);
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    await store.close();
    await connection.close();
    const seen = observations.report();
    const result = {
      workers: workers.map((worker) => worker.report()),
      observations: { ...seen, unexpected: [...seen.unexpected, ...watchers.flatMap(({ unexpected }) => unexpected)] },
      watches: watchers.reduce((sum, { watches }) => sum + watches, 0),
    };
    process.removeAllListeners("disconnect");
    process.send?.({ kind: "report", report: result } satisfies FromDocumentProcess, () => process.disconnect());
  }
}

function send(message: FromDocumentProcess): void {
  process.send?.(message);
}
