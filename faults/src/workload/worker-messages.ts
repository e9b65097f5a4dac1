import type { Tally, WorkerPlan } from "./plan.ts";

/** What a worker is told. */
export type ToWorker =
  | { readonly kind: "begin"; readonly plan: WorkerPlan; readonly historyFile: string }
  | { readonly kind: "stop" };

/** What a worker tells. */
export type FromWorker =
  | { readonly kind: "open" }
  | { readonly kind: "tally"; readonly tally: Tally }
  /** The store did what no store may do; the worker goes on. */
  | { readonly kind: "surprise"; readonly what: string }
  /** Everything is closed. How many connections its client has left open all the same. */
  | { readonly kind: "done"; readonly tally: Tally; readonly connectionsLeft: number };
