import type { Counts } from "../suite.ts";

/** Numbers of calls of one kind. */
export interface CallCounts {
  /** Number of calls that were acknowledged. */
  readonly acknowledged: number;
  /** Number of calls whose outcome is unknown. */
  readonly unknown: number;
}

/** The calls of one worker to a document that is created and deleted again and again. */
export interface ToggleCounts {
  readonly created: CallCounts;
  readonly deleted: CallCounts;
}

/** The results of the calls that one worker made, one after the other. */
export interface WorkerReport {
  readonly worker: string;
  /** The increments, by the id of the counter. */
  readonly counters: Readonly<Record<string, CallCounts>>;
  /** Creations and deletions, by the id of the document. */
  readonly toggles: Readonly<Record<string, ToggleCounts>>;
  /** The turns of the lock that this worker had, in the order in which it had them. */
  readonly turns: readonly number[];
  readonly acknowledged: number;
  readonly conflicts: number;
  readonly unknown: number;
  readonly failed: number;
  readonly reads: number;
  readonly lists: number;
  /** Errors that must not occur. */
  readonly unexpected: readonly string[];
}

/** The revisions that one process has seen, and its stale reads. */
export interface ObservationReport {
  readonly process: string;
  /** Each revision that a put returned or a read showed, with a description of the document that it was seen with. */
  readonly revisions: readonly (readonly [revision: string, description: string])[];
  /** The revisions that acknowledged writes have replaced or deleted. */
  readonly replaced: readonly string[];
  /** Numbers of reads that missed a write, although it had been acknowledged before the read began, by call. */
  readonly staleReads: Counts;
  /** Longest time from the acknowledgement of a missed write to the start of the read that missed it, by call. */
  readonly longestStalenessMs: Counts;
  /** Observations that must not occur. */
  readonly unexpected: readonly string[];
}

/** The value of a counter: the sum, and the increments of each worker. */
export interface Counter {
  readonly sum: number;
  readonly by: Readonly<Record<string, number>>;
}

/** The value of the lock. */
export interface Lock {
  /** Number of the latest turn. */
  readonly turn: number;
  /** Worker that has the lock; `null` if it is free. */
  readonly owner: string | null;
}

/** The value of a document that is created and deleted again and again. No two of them are equal. */
export interface Toggle {
  readonly creator: string;
  readonly attempt: number;
}
