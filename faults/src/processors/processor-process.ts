// A process that runs the processor. The suite forks several of these processes, kills, suspends and replaces them.

import { setTimeout as delay } from "node:timers/promises";
import { type Event, isAetherError } from "@aether/core";
import { EventProcessor, type HandlerContext } from "@aether/processor";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { Random } from "../random.ts";
import { sharedNow } from "../workload/clock.ts";
import { connectAs } from "../workload/connect.ts";
import { isPassing } from "./is-passing.ts";
import { type FromProcessor, PROCESSOR, type ProcessorPlan, type ToProcessor } from "./processor-messages.ts";
import { RecordedDocuments } from "./recorded-documents.ts";
import { RunLog } from "./run-log.ts";
import { isHopeless, type WorkData } from "./work-events.ts";

const PROGRESS_INTERVAL_MS = 200;
/** Pause before another attempt to open a store, or to start, while a fault is active, in milliseconds. */
const PAUSE_MS = 100;

process.once("disconnect", () => process.exit(1));
process.on("message", (message: ToProcessor) => {
  if (message.kind === "start") void start(message.plan);
});

async function start({ client, urls, streamName, bucket, seed, leaseMs, logFile }: ProcessorPlan): Promise<void> {
  const random = new Random(seed);
  const log = new RunLog(logFile);
  const connection = await connectAs(client, urls);
  const store = await whenAvailable(() => JetStreamEventStore.open(connection, { streamName, stream: "bind" }));
  const bind = { bucket, stream: "bind", ackTimeoutMs: 2_000 } as const;
  const documents = await whenAvailable(() => JetStreamDocumentStore.open(connection, bind));
  const recorded = new RecordedDocuments(documents, log);
  let handled = 0;
  let calls = 0;
  const handle = async (event: Event, { position, partition, signal }: HandlerContext): Promise<void> => {
    const call = ++calls;
    const { actorId, version, data } = event;
    const token = recorded.tokenOf(partition);
    log.write({ kind: "start", call, partition, token, position, actorId, version, atMs: sharedNow() });
    let outcome: "handled" | "failed" = "failed";
    try {
      await delay(random.chance(0.02) ? 200 : random.integer(0, 10), undefined, { signal });
      const { failsUntilMs = 0 } = data as WorkData;
      if (isHopeless(actorId, version) || sharedNow() < failsUntilMs)
        throw new Error("the event cannot be handled yet");
      outcome = "handled";
      handled++;
    } finally {
      log.write({ kind: "end", call, outcome, atMs: sharedNow() });
    }
  };
  const processor = new EventProcessor(store, {
    name: PROCESSOR,
    documents: recorded.documents,
    handle,
    partitions: 16,
    onFailure: "park",
    maxInFlight: 200,
    leaseMs,
    checkpointMs: 200,
    stopTimeoutMs: 2_000,
    retry: { onFailure: ({ attempt }) => (attempt < 2 ? { retryAfterMs: 20 } : { giveUp: true }) },
  });
  process.on("message", (message: ToProcessor) => {
    if (message.kind === "stop") void stop();
  });
  try {
    await whenAvailable(() => processor.start());
    setInterval(() => send({ kind: "progress", handled }), PROGRESS_INTERVAL_MS);
    send({ kind: "ready" });
    await processor.untilStopped();
  } catch (error) {
    end({ kind: "failed", reason: reasonOf(error) });
  }

  async function stop(): Promise<void> {
    await processor.stop();
    end({ kind: "stopped" });
  }
}

/** Repeats work that fails because the store is unavailable. */
async function whenAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await delay(PAUSE_MS);
    }
  }
}

function send(message: FromProcessor): void {
  process.send?.(message);
}

/** Sends the last message, and ends the process. */
function end(message: FromProcessor): void {
  process.removeAllListeners("disconnect");
  process.send?.(message, () => process.exit(0));
}

/** Returns the code of the error that has stopped a processor, or a text for an error that must not occur. */
function reasonOf(error: unknown): string {
  const cause = isAetherError(error, "AETHER_PROCESSOR_STOPPED") ? error.cause : error;
  return isAetherError(cause) ? cause.code : String(cause);
}
