import type { Tally, WorkerPlan } from "./plan.ts";

/** A message from the suite to a worker process. */
export type ToWorker =
  | { readonly kind: "start"; readonly plan: WorkerPlan; readonly historyFile: string }
  /** Followers stop once they have caught up, and have reached the sequence. */
  | { readonly kind: "stop"; readonly lastSequence: number };

/** A message from a worker process to the suite. */
export type FromWorker =
  | { readonly kind: "open" }
  | { readonly kind: "tally"; readonly tally: Tally }
  /** A call failed in a way that the contract of a store does not allow. The worker continues. */
  | { readonly kind: "unexpected"; readonly description: string }
  /** The worker has closed everything. `connectionsLeft` is the number of connections that are still open. */
  | { readonly kind: "done"; readonly tally: Tally; readonly connectionsLeft: number };
