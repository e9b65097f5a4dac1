import { type BatchEventStore, type Event, type EventStore, type SaveReceipt, supports } from "@aether/core";

/** Saves events of one actor: in one batch where the store can, otherwise one after another. */
export async function saveAll(store: EventStore, all: readonly Event[]): Promise<readonly SaveReceipt[]> {
  if (supports(store, "batch")) return (store as BatchEventStore).saveEvents(all);
  const receipts: SaveReceipt[] = [];
  for (const one of all) receipts.push(await store.saveEvent(one));
  return receipts;
}
