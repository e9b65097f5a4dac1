import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { DocumentStore } from "@aether/core";
import { EventProcessor } from "@aether/processor";
import type { JetStreamBench } from "../jetstream/bench.ts";
import type { Figure } from "../suite.ts";

const LEASE_MS = 2_000;
const CHECK_MS = 5;

/** The time until another process handles the events, after the owner was killed and after it was stopped. */
export async function takeoverFigures(bench: JetStreamBench, documents: DocumentStore): Promise<readonly Figure[]> {
  const store = await bench.open("processor-takeover");
  const start = async (): Promise<EventProcessor> => {
    const processor = new EventProcessor(store, { name: "takeover", documents, leaseMs: LEASE_MS, handle: () => {} });
    await processor.start();
    return processor;
  };
  const untilRunning = async (processor: EventProcessor): Promise<void> => {
    while (processor.status.state !== "running") await setTimeout(CHECK_MS);
  };
  const owner = fork(new URL("takeover-process.js", import.meta.url), [bench.server.url, String(LEASE_MS)]);
  await once(owner, "message");
  const standby = await start();
  owner.kill("SIGKILL");
  const killedMs = performance.now();
  await untilRunning(standby);
  const afterKill = performance.now() - killedMs;
  const next = await start();
  const stoppedMs = performance.now();
  await standby.stop();
  await untilRunning(next);
  const afterStop = performance.now() - stoppedMs;
  await next.stop();
  const unit = "ms";
  return [
    { name: "takeover from a process that was killed, with leaseMs 2,000", value: afterKill, unit, maximum: 4_000 },
    { name: "takeover from a process that was stopped", value: afterStop, unit, maximum: 1_000 },
  ];
}
