import { MetadataKeys } from "@aether/core";
import { EventProcessor, followUpId } from "@aether/processor";
import { jitter } from "@aether/retry";
import { leaseMs, type Shop } from "../shop.ts";
import { stockId } from "../stock/stock.ts";

export const processorName = "reserve-stock";

/**
 * Reserves the stock of each placed order, and releases it if the order is cancelled. An event may be handled again,
 * so each command has an id that follows from the event, and is carried out once. If an article is out of stock, only
 * this order is parked, until goods have arrived and its event is retried.
 */
export function reserveStock({ store, documents, stock }: Shop, name: string = processorName) {
  return new EventProcessor(store, {
    name,
    documents,
    eventTypes: ["OrderPlaced", "OrderCancelled"],
    leaseMs,
    onFailure: "park",
    retry: jitter({ kind: "full", maxAttempts: 5 }),
    handle: async ({ id, eventType, actorId: orderId, data }, { signal }) => {
      for (const { item, quantity } of data.lines) {
        const type = eventType === "OrderPlaced" ? "ReserveStock" : "ReleaseStock";
        const options = { commandId: followUpId({ id }, item), metadata: { [MetadataKeys.causationId]: id }, signal };
        await stock.handle(stockId(item), { type, orderId, quantity }, options);
      }
    },
  });
}
