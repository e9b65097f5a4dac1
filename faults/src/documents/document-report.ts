/** The calls of one worker to one counter. */
export interface CounterReport {
  /** Number of increments that were acknowledged. */
  readonly acknowledged: number;
  /** Number of increments whose outcome is unknown. */
  readonly unknown: number;
}

/** The results of the calls that one process made. */
export interface DocumentReport {
  readonly worker: string;
  /** The increments, by the id of the counter. */
  readonly counters: Readonly<Record<string, CounterReport>>;
  /** Each revision that a put returned or a read showed, with the value that it was seen with, as JSON. */
  readonly revisions: readonly (readonly [revision: string, value: string])[];
  /** The turns of the lock that this worker had, in the order in which it had them. */
  readonly turns: readonly number[];
  readonly conflicts: number;
  readonly failed: number;
  readonly reads: number;
  /** Errors that must not occur. */
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
