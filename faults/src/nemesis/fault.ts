import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";

/** The cluster under test, with helper functions for faults. */
export interface FaultContext {
  readonly cluster: NatsCluster;
  readonly admin: Admin;
  readonly streamName: string;
  readonly random: Random;
  /** Waits. Returns immediately when the run is aborted, so that the fault is undone without delay. */
  readonly pause: (ms: number) => Promise<void>;
  /** Waits until the stream has a leader and returns the leader's name. */
  readonly leader: () => Promise<string>;
}

/** A failure that the tests cause on purpose. */
export interface Fault {
  readonly name: string;
  /** Causes the failure, waits, then undoes the failure. */
  readonly inject: (context: FaultContext) => Promise<void>;
}
