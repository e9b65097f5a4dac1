import { setTimeout as delay } from "node:timers/promises";
import { type DocumentStore, type FeedEventStore, isAetherError } from "@aether/core";
import { waitForProcessor } from "@aether/processor";
import { sharedNow } from "../workload/clock.ts";
import type { HistoryEvent, ProcessorHistory } from "./processor-history.ts";
import { PROCESSOR } from "./processor-messages.ts";

/** Time limit after the last fault and the last save. */
const TIMEOUT_MS = 120_000;
/** Time limit of one wait. */
const WAIT_MS = 5_000;

/** Waits until everything in the store is handled, and no actor is parked. */
export async function untilAllHandled(
  documents: DocumentStore,
  store: FeedEventStore,
): Promise<{ readonly waits: ProcessorHistory["waits"]; readonly violations: readonly string[] }> {
  const position = await store.getLatestPosition();
  if (position === undefined) return { waits: [], violations: [] };
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await waitForProcessor(documents, PROCESSOR, position, { store, timeoutMs: WAIT_MS });
      return { waits: [{ position, reportedMs: sharedNow() }], violations: [] };
    } catch (error) {
      const isPassing = isAetherError(error, "AETHER_ACTOR_PARKED") || isAetherError(error, "AETHER_WAIT_TIMED_OUT");
      if (!isPassing || performance.now() > deadline)
        return { waits: [], violations: [`not everything was handled after the last fault: ${String(error)}`] };
      await delay(100);
    }
  }
}

/** Reads all events of a store, in its order. */
export async function allEvents(store: FeedEventStore): Promise<readonly HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  for await (const { events } of store.readFeed()) {
    for (const { event, position } of events) {
      all.push({ actorId: event.actorId, version: event.version, position });
    }
  }
  return all;
}
