import { JetStreamDocumentStore } from "@aether/store-jetstream";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";
import type { Counts, SuiteResult } from "../suite.ts";
import { type ClientName, clientNames } from "../workload/plan.ts";
import { checkDocuments } from "./check-documents.ts";
import type { DocumentPlan, ProcessReport } from "./document-messages.ts";
import { DocumentProcesses } from "./document-processes.ts";
import type { ObservationReport } from "./document-report.ts";
import { finalDocuments, listed } from "./final-documents.ts";

/** The stream of the bucket. */
export const STREAM = "KV_faults";
const BUCKET = "faults";
const WORKER_PROCESSES = 4;
const WATCHER_PROCESSES = 2;
/** Time limit for watches to report the last values after the last write, in milliseconds. */
const VIEWS_TIMEOUT_MS = 60_000;

export interface DocumentRunOptions {
  readonly admin: Admin;
  readonly random: Random;
  readonly urls: readonly string[];
  readonly replicaCount: number;
  /** Number of workers in each of the processes that write. */
  readonly workers: number;
  readonly ackTimeoutMs: number;
  /** Longest accepted time for which a read may miss an acknowledged write; 0 if no read may. */
  readonly maxStalenessMs: number;
  /** Injects faults. Resolves when enough of them were injected, and the processes work again. */
  readonly injectFaults: (processes: DocumentProcesses) => Promise<readonly string[]>;
}

/** Lets several processes use the same documents during faults. Returns the violations and figures. */
export async function runDocuments(options: DocumentRunOptions): Promise<Omit<SuiteResult, "name">> {
  const { admin, replicaCount, injectFaults } = options;
  const bucket = { bucket: BUCKET, replicaCount };
  const created = await JetStreamDocumentStore.open(admin.connection, bucket);
  await created.close();
  await using processes = await DocumentProcesses.start(plansOf(options));
  const faultViolations = await injectFaults(processes);
  await processes.finish();
  await using store = await JetStreamDocumentStore.open(admin.connection, { ...bucket, stream: "bind" });
  const viewViolations = await processes.compareViews(async () => {
    const documents = await listed(store);
    return Object.fromEntries(documents.map(({ id, revision }) => [id, revision]));
  }, VIEWS_TIMEOUT_MS);
  const reports = await processes.reports();
  const workers = reports.flatMap((report) => report.workers);
  const observations = reports.map((report) => report.observations);
  const final = finalDocuments(await listed(store));
  return {
    violations: [...faultViolations, ...viewViolations, ...checkDocuments({ workers, observations, final })],
    figures: figuresOf(reports, processes.changes),
  };
}

function plansOf(options: DocumentRunOptions): readonly DocumentPlan[] {
  const { random, urls, ackTimeoutMs, maxStalenessMs } = options;
  const plan = (name: string, index: number, counts: Pick<DocumentPlan, "workers" | "watchers">): DocumentPlan => ({
    ...counts,
    name,
    client: clientNames[index % clientNames.length] as ClientName,
    urls: random.shuffle(urls),
    bucket: BUCKET,
    seed: random.integer(0, 2 ** 31),
    ackTimeoutMs,
    maxStalenessMs,
  });
  const indices = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
  return [
    ...indices(WORKER_PROCESSES).map((index) =>
      plan(`writer-${index}`, index, { workers: options.workers, watchers: 0 }),
    ),
    ...indices(WATCHER_PROCESSES).map((index) => plan(`watcher-${index}`, index, { workers: 0, watchers: 2 })),
  ];
}

function figuresOf(reports: readonly ProcessReport[], changes: number): SuiteResult["figures"] {
  const workers = reports.flatMap((report) => report.workers);
  const observations = reports.map((report) => report.observations);
  const sum = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
    items.reduce((total, item) => total + count(item), 0);
  return {
    "document writes acknowledged": sum(workers, ({ acknowledged }) => acknowledged),
    "deletions among them": sum(workers, ({ toggles }) =>
      sum(Object.values(toggles), ({ deleted }) => deleted.acknowledged),
    ),
    "turns of the lock": sum(workers, ({ turns }) => turns.length),
    "revision conflicts": sum(workers, ({ conflicts }) => conflicts),
    "unknown document writes": sum(workers, ({ unknown }) => unknown),
    "document calls that failed": sum(workers, ({ failed }) => failed),
    "documents read": sum(workers, ({ reads }) => reads),
    "collections listed": sum(workers, ({ lists }) => lists),
    "watches begun": sum(reports, ({ watches }) => watches),
    "changes watched": changes,
    "processes that wrote": WORKER_PROCESSES,
    "processes that watched": WATCHER_PROCESSES,
    "stale reads of documents": byCall(observations, "staleReads", (left, right) => left + right),
    "longest staleness of a document, ms": byCall(observations, "longestStalenessMs", Math.max),
  };
}

/** Combines the numbers of all processes for each kind of call. */
function byCall(
  observations: readonly ObservationReport[],
  figure: "staleReads" | "longestStalenessMs",
  combine: (left: number, right: number) => number,
): Counts {
  const combined: Record<string, number> = { get: 0, list: 0, watch: 0 };
  for (const each of observations) {
    for (const [call, value] of Object.entries(each[figure])) combined[call] = combine(combined[call] ?? 0, value);
  }
  return combined;
}
