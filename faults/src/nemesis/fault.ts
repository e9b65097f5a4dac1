import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";

/** Where a fault strikes. */
export interface Scene {
  readonly cluster: NatsCluster;
  readonly admin: Admin;
  readonly streamName: string;
  readonly random: Random;
  /** Waits; ends at once when the run is aborted, so that what is broken gets mended. */
  readonly pause: (ms: number) => Promise<void>;
  readonly leader: () => Promise<string>;
}

/** Something that goes wrong, and is mended before `strike` resolves. */
export interface Fault {
  readonly name: string;
  readonly strike: (scene: Scene) => Promise<void>;
}
