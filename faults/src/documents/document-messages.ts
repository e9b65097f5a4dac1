import type { ClientName } from "../workload/plan.ts";
import type { ObservationReport, WorkerReport } from "./document-report.ts";

/** The task of one process. */
export interface DocumentPlan {
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly bucket: string;
  /** Number of workers, whose steps overlap. */
  readonly workers: number;
  /** Number of watches. The first one is never left, the others are left and begun again. */
  readonly watchers: number;
  readonly seed: number;
  readonly ackTimeoutMs: number;
  /** Longest accepted time for which a read may miss an acknowledged write; 0 if no read may. */
  readonly maxStalenessMs: number;
}

/** The counters of a process that rise while it works. */
export interface DocumentTally {
  readonly acknowledged: number;
  readonly conflicts: number;
  readonly unknown: number;
  /** Number of changes that each watcher has received. */
  readonly changes: readonly number[];
}

/** The documents that one watcher holds, as revisions by id; `null` while it has not received all of them. */
export type View = Readonly<Record<string, string>> | null;

/** The results of one process. */
export interface ProcessReport {
  readonly workers: readonly WorkerReport[];
  readonly observations: ObservationReport;
  readonly watches: number;
}

/** A message from the suite to a process. */
export type ToDocumentProcess =
  | { readonly kind: "start"; readonly plan: DocumentPlan }
  /** The heights that any process has given to documents. */
  | { readonly kind: "learn"; readonly heights: Readonly<Record<string, number>> }
  /** All faults are over. The workers finish their steps. The watchers begin no other watch, and continue. */
  | { readonly kind: "finish" }
  /** The watchers stop. */
  | { readonly kind: "report" };

/** A message from a process to the suite. */
export type FromDocumentProcess =
  | { readonly kind: "ready" }
  | {
      readonly kind: "progress";
      readonly tally: DocumentTally;
      readonly heights: Readonly<Record<string, number>>;
      readonly views: readonly View[];
    }
  | { readonly kind: "finished" }
  | { readonly kind: "report"; readonly report: ProcessReport };
