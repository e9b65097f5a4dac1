import type { ClientName } from "../workload/plan.ts";
import type { BusReport } from "./bus-report.ts";

/** What one bus process does. */
export interface BusPlan {
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  /** How many events it holds while there is no connection; 0 to refuse them. */
  readonly holdUpTo: number;
  /** How many publishes it has under way at once. */
  readonly lanes: number;
  readonly peers: readonly string[];
}

export type ToBus =
  | { readonly kind: "begin"; readonly plan: BusPlan }
  /** Everything is mended: publish until everyone has heard from everyone, so that each loss shows. */
  | { readonly kind: "finish" }
  | { readonly kind: "stop" }
  | { readonly kind: "report" };

export type FromBus =
  | { readonly kind: "ready" }
  /** How many of its publishes were confirmed so far, and how many events it has got of each peer. */
  | { readonly kind: "progress"; readonly confirmed: number; readonly received: Readonly<Record<string, number>> }
  /** It has heard every peer since the end of the faults. */
  | { readonly kind: "heard" }
  | { readonly kind: "stopped" }
  | { readonly kind: "report"; readonly report: BusReport };
