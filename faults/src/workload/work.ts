import { setTimeout as delay } from "node:timers/promises";
import { broken, withoutExpectations } from "../broken/broken-store.ts";
import { connectAs } from "./connect.ts";
import { openStore } from "./open-store.ts";
import type { Tally, WorkerPlan } from "./plan.ts";
import { Reader } from "./reader.ts";
import type { Recorder } from "./recorder.ts";
import { Writer } from "./writer.ts";

export interface WorkListener {
  opened(): void;
  /** Called when a call fails in a way that the contract of a store does not allow. */
  failed(description: string): void;
}

/** Runs a writer or reader: connects, opens its store, works until the signal aborts, then closes both. */
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
      listener.failed(describeError(error));
      await delay(100);
    }
  }
  await store.close();
  await connection.close();
  return tally;
}

/** Returns the stack of an error, for a report. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
