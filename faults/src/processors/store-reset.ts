import { setTimeout as delay } from "node:timers/promises";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { Admin } from "../cluster/admin.ts";
import { sharedNow } from "../workload/clock.ts";
import type { ProcessorSlot } from "./processor-slot.ts";
import { ACTORS, actorIdOf, eventIdOf } from "./work-events.ts";

export interface StoreReset {
  /** Time at which no event of the first stream was left to handle. */
  readonly atMs: number;
  readonly violations: readonly string[];
}

/**
 * Deletes the stream of events, and creates it again with other events of the same actors. The positions in the
 * checkpoints mean nothing in the new stream. So every processor must fail, also one that is started later, before it
 * handles an event.
 */
export async function resetStore(
  admin: Admin,
  { slots, streamName, replicaCount }: StoreResetOptions,
): Promise<StoreReset> {
  const atMs = sharedNow();
  const failures = Promise.all(slots.map(failureOf));
  await admin.deleteStream(streamName);
  // In a cluster, some servers find the stream for a moment after its deletion.
  while ((await admin.streamState(streamName)) !== undefined) await delay(100);
  await using store = await JetStreamEventStore.open(admin.connection, { streamName, replicaCount });
  await Promise.all(Array.from({ length: ACTORS }, (_, index) => saveEvent(store, actorIdOf(index))));
  const first = await failures;
  for (const slot of slots) slot.restart();
  const second = await Promise.all(slots.map(failureOf));
  return { atMs, violations: [...first, ...second].flat() };
}

export interface StoreResetOptions {
  readonly slots: readonly ProcessorSlot[];
  readonly streamName: string;
  readonly replicaCount: number;
}

async function saveEvent(store: JetStreamEventStore, actorId: string): Promise<void> {
  // The versions of the first stream are not used again if its floors still exist.
  const version = (await store.getLatestVersion(actorId)) + 1;
  await store.saveEvent({ id: eventIdOf(actorId, version), actorId, eventType: "Worked", version, data: {} });
}

/** Waits until a process fails. Returns a violation if it does not, or for another reason. */
async function failureOf(slot: ProcessorSlot): Promise<readonly string[]> {
  try {
    const reason = await slot.failure();
    return reason === "AETHER_STREAM_RESET" ? [] : [`${slot.name} failed after a reset of the store: ${reason}`];
  } catch (error) {
    return [`after a reset of the store: ${String(error)}`];
  }
}
