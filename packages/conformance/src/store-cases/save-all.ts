import {
  type BatchEventStore,
  type Event,
  type EventStore,
  isAetherError,
  type SaveReceipt,
  supports,
} from "@aether/core";
import { outcomeOf } from "../checks/check.ts";
import { events, range } from "../samples/events.ts";
import type { StoreCaseContext } from "../suite/store-case.ts";

/** Share of a case's time limit that a long history may take to save. */
const SHARE_FOR_SAVING = 0.3;

/**
 * Saves events of one actor: in one batch if the store supports batches, otherwise one after the other. A batch that is
 * too large for the store is saved in several smaller ones.
 */
export async function saveAll(store: EventStore, all: readonly Event[]): Promise<readonly SaveReceipt[]> {
  return supports(store, "batch") ? saveInBatches(store as BatchEventStore, all) : saveSingly(store, all);
}

/** Saves events of one actor with one call to `saveEvent` for each. */
export async function saveSingly(store: EventStore, all: readonly Event[]): Promise<readonly SaveReceipt[]> {
  const receipts: SaveReceipt[] = [];
  for (const each of all) receipts.push(await store.saveEvent(each));
  return receipts;
}

async function saveInBatches(store: BatchEventStore, all: readonly Event[]): Promise<readonly SaveReceipt[]> {
  const outcome = await outcomeOf(store.saveEvents(all));
  if (outcome.status === "fulfilled") return outcome.value as readonly SaveReceipt[];
  if (all.length === 1 || !isAetherError(outcome.reason, "AETHER_EVENT_TOO_LARGE")) throw outcome.reason;
  const half = all.length >> 1;
  const first = await saveInBatches(store, all.slice(0, half));
  return first.concat(await saveInBatches(store, all.slice(half)));
}

/**
 * Saves events with the versions 1 to `count` of actor `"a"`, and returns them. If the store has no batches and is so
 * slow that the case would not end in time, saves fewer events.
 */
export async function saveLongHistory(
  context: Pick<StoreCaseContext, "caseTimeoutMs">,
  store: EventStore,
  count: number,
): Promise<readonly Event[]> {
  const all = events("a", range(1, count));
  if (supports(store, "batch")) {
    await saveAll(store, all);
    return all;
  }
  const endMs = performance.now() + context.caseTimeoutMs * SHARE_FOR_SAVING;
  for (const [saved, each] of all.entries()) {
    if (performance.now() > endMs) return all.slice(0, saved);
    await store.saveEvent(each);
  }
  return all;
}
