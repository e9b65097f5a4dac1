import { setTimeout as delay } from "node:timers/promises";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { broken, withoutExpectations } from "../broken/broken-store.ts";
import { connectAs } from "./connect.ts";
import type { Tally, WorkerPlan } from "./plan.ts";
import { Reader } from "./reader.ts";
import type { Recorder } from "./recorder.ts";
import { Writer } from "./writer.ts";

export interface WorkListener {
  opened(): void;
  /** Called when a call fails in a way that the contract of a store does not allow. */
  failed(description: string): void;
}

/** Runs one worker: connects, opens its store, works until the signal aborts, then closes the store and connection. */
export async function work(
  plan: WorkerPlan,
  tally: Tally,
  recorder: Recorder,
  listener: WorkListener,
  signal: AbortSignal,
): Promise<Tally> {
  const connection = await connectAs(plan.client, plan.urls);
  const wire = plan.breakage === "no expectation" ? withoutExpectations(connection) : connection;
  const store = await openStore(wire, plan);
  listener.opened();
  const worker = new (plan.role === "writer" ? Writer : Reader)(broken(store, plan.breakage), plan, tally, recorder);
  while (!signal.aborted) {
    try {
      await worker.run(signal);
    } catch (error) {
      listener.failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
      await delay(100);
    }
  }
  await store.close();
  await connection.close();
  return tally;
}

async function openStore(
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
