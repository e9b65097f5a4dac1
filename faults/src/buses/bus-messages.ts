import type { ClientName } from "../workload/plan.ts";
import type { BusReport } from "./bus-report.ts";

/** The task of one bus process. */
export interface BusPlan {
  readonly name: string;
  readonly client: ClientName;
  readonly urls: readonly string[];
  /** Maximum number of events that the bus buffers while it is disconnected. If 0, the bus rejects them. */
  readonly holdUpTo: number;
  /** Number of publishes in flight at once. */
  readonly maxInFlight: number;
  readonly peers: readonly string[];
}

/** A message from the suite to a bus process. */
export type ToBus =
  | { readonly kind: "start"; readonly plan: BusPlan }
  /** All faults are over. Publish until all processes have received from each other, so that every loss is detected. */
  | { readonly kind: "finish" }
  | { readonly kind: "stop" }
  | { readonly kind: "report" };

/** A message from a bus process to the suite. */
export type FromBus =
  | { readonly kind: "ready" }
  /** The current numbers of confirmed publishes, and of received events per peer. */
  | { readonly kind: "progress"; readonly confirmed: number; readonly received: Readonly<Record<string, number>> }
  /** Since the faults ended, the process has received an event from every peer. */
  | { readonly kind: "all peers received" }
  | { readonly kind: "stopped" }
  | { readonly kind: "report"; readonly report: BusReport };
