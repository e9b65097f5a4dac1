import type { ClientName } from "../workload/plan.ts";

/** The task of one soak process. */
export interface LeakPlan {
  readonly client: ClientName;
  readonly url: string;
  /** URL of the server's monitoring endpoint. */
  readonly monitorUrl: string;
  readonly streamName: string;
  readonly seed: number;
  readonly budgetMs: number;
  /** Number of operations after which the soak ends before its time limit. */
  readonly operations: number;
}

/** Resources of a process, and the server's resources for it. */
export interface Resources {
  /** Heap and external buffers after garbage collection. */
  readonly memoryMegabytes: number;
  /** Sockets, timers and other handles. */
  readonly handles: number;
  readonly consumers: number;
  readonly subscriptions: number;
}

/** A message from the soak process to the suite. Between "busy" and "quiet", the suite may cut the connection. */
export type FromSoak = { readonly kind: "busy" | "quiet" } | { readonly kind: "done"; readonly result: SoakResult };

export interface SoakResult {
  /** Number of operations by kind. */
  readonly operations: Readonly<Record<string, number>>;
  readonly evictions: number;
  readonly reconnects: number;
  /** Measured after the warm-up. */
  readonly before: Resources;
  readonly after: Resources;
  /** Measured after the store, the bus and the connection were closed. */
  readonly closed: Resources;
  /** Memory after each round of the soak, measured after garbage collection. All rounds have the same length. */
  readonly memoryMegabytes: readonly number[];
  /** Errors that no operation should cause. */
  readonly unexpected: readonly string[];
}
