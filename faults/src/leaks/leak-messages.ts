import type { ClientName } from "../workload/plan.ts";

/** What one soak does. */
export interface LeakPlan {
  readonly client: ClientName;
  readonly url: string;
  /** Of the server's monitoring. */
  readonly monitorUrl: string;
  readonly streamName: string;
  readonly seed: number;
  readonly budgetMs: number;
  /** It ends early when it has done so many. */
  readonly operations: number;
}

/** What a process holds, and what the server holds for it. */
export interface Holdings {
  /** The heap and the buffers outside of it, after garbage was collected. */
  readonly memoryMegabytes: number;
  /** Sockets, timers and the like. */
  readonly handles: number;
  readonly consumers: number;
  readonly subscriptions: number;
}

/** While it is busy, its connection may be cut. */
export type FromSoak = { readonly kind: "busy" | "quiet" } | { readonly kind: "done"; readonly result: SoakResult };

export interface SoakResult {
  /** How many of each kind. */
  readonly operations: Readonly<Record<string, number>>;
  readonly evictions: number;
  readonly reconnects: number;
  readonly before: Holdings;
  readonly after: Holdings;
  /** After everything was closed. */
  readonly closed: Holdings;
  /** The memory after each of several rounds, at equal distances, each time after garbage was collected. */
  readonly memoryMegabytes: readonly number[];
  readonly surprises: readonly string[];
}
