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
  /** The soak ends early after this many operations. */
  readonly operations: number;
}

/** Resources of a process, and of the server on its behalf. */
export interface Resources {
  /** Heap and external buffers after garbage collection. */
  readonly memoryMegabytes: number;
  /** Sockets, timers and other handles. */
  readonly handles: number;
  readonly consumers: number;
  readonly subscriptions: number;
}

/** From the soak process to the suite. The suite may cut the connection between "busy" and "quiet". */
export type FromSoak = { readonly kind: "busy" | "quiet" } | { readonly kind: "done"; readonly result: SoakResult };

export interface SoakResult {
  /** Number of operations by kind. */
  readonly operations: Readonly<Record<string, number>>;
  readonly evictions: number;
  readonly reconnects: number;
  /** After the warm-up. */
  readonly before: Resources;
  readonly after: Resources;
  /** After the store, the bus and the connection were closed. */
  readonly closed: Resources;
  /** Memory after each round of equal length, each time after garbage collection. */
  readonly memoryMegabytes: readonly number[];
  /** Errors that no operation should cause. */
  readonly unexpected: readonly string[];
}
