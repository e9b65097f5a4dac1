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
  readonly heapMegabytes: number;
  /** Sockets, timers and the like. */
  readonly handles: number;
  readonly consumers: number;
  readonly subscriptions: number;
}

export type FromSoak = { readonly kind: "warm" | "over" } | { readonly kind: "done"; readonly result: SoakResult };

export interface SoakResult {
  readonly operations: number;
  readonly evictions: number;
  readonly subscriptionsOpened: number;
  readonly readsAborted: number;
  readonly reconnects: number;
  readonly before: Holdings;
  readonly after: Holdings;
  /** After everything was closed. */
  readonly closed: Holdings;
  readonly surprises: readonly string[];
}

/** So much more than before may be garbage that V8 keeps, and maps that had room to grow. */
const HEAP_TOLERANCE_MEGABYTES = 20;

/** Whether everything came back to where it was. */
export function judgeSoak(client: string, { before, after, closed, surprises }: SoakResult): readonly string[] {
  const violations = [...surprises];
  if (after.heapMegabytes > before.heapMegabytes + HEAP_TOLERANCE_MEGABYTES) {
    violations.push(`the heap grew from ${before.heapMegabytes} to ${after.heapMegabytes} MB`);
  }
  for (const what of ["handles", "consumers", "subscriptions"] as const) {
    if (after[what] > before[what]) violations.push(`there were ${before[what]} ${what}, and are ${after[what]}`);
  }
  for (const what of ["consumers", "subscriptions"] as const) {
    if (closed[what] > 0) violations.push(`after closing there are ${closed[what]} ${what}`);
  }
  return violations.map((violation) => `${client}: ${violation}`);
}
