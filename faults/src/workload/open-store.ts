import { JetStreamEventStore } from "@aether/store-jetstream";
import type { WorkerPlan } from "./plan.ts";

/** Opens the store of a worker. Repeats this a few times, because a fault may be active. */
export async function openStore(
  connection: Parameters<typeof JetStreamEventStore.open>[0],
  { streamName, replicaCount, ackTimeoutMs }: WorkerPlan,
): Promise<JetStreamEventStore> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await JetStreamEventStore.open(connection, {
        streamName,
        streamRetention: "forever",
        replicaCount,
        ackTimeoutMs,
        cacheSize: 5_000,
      });
    } catch (error) {
      if (attempt === 10) throw error;
    }
  }
}
