import { type BatchEventStore, type Event, type EventStore, type SaveReceipt, supports } from "@aether/core";

/** Saves events of one actor: in one batch if the store supports batches, otherwise one after the other. */
export async function saveAll(store: EventStore, all: readonly Event[]): Promise<readonly SaveReceipt[]> {
  if (supports(store, "batch")) return (store as BatchEventStore).saveEvents(all);
  const receipts: SaveReceipt[] = [];
  for (const each of all) receipts.push(await store.saveEvent(each));
  return receipts;
}
