import { MetadataKeys } from "@aether/core";
import { EventProcessor, followUpId, type HandlerRetryPolicy } from "@aether/processor";
import { jitter } from "@aether/retry";
import { leaseMs, type Shop, type ShopEvent } from "../shop.ts";
import { OutOfStock, stockId } from "../stock/stock.ts";

export const processorName = "reserve-stock";
export const eventTypes = ["OrderPlaced", "OrderCancelled"] as const;

const attempts: HandlerRetryPolicy = jitter({ kind: "full", maxAttempts: 5 });

/**
 * Reserves the stock of each placed order, and releases it if the order is cancelled. An event may be handled again,
 * for example after a crash. So each command has an id that follows from the event, and is carried out once.
 *
 * If an article is out of stock, only this order is parked, until goods have arrived and its event is retried.
 */
export function reserveStock(
  { store, documents, stock }: Shop,
  name: string = processorName,
): EventProcessor<ShopEvent> {
  return new EventProcessor(store, {
    name,
    documents,
    eventTypes,
    leaseMs,
    onFailure: "park",
    retry: {
      onFailure: (failed, random) =>
        failed.error instanceof OutOfStock ? { giveUp: true } : attempts.onFailure(failed, random),
    },
    handle: async ({ id, eventType, actorId: orderId, data }, { signal }) => {
      for (const { item, quantity } of data.lines) {
        const type = eventType === "OrderPlaced" ? "ReserveStock" : "ReleaseStock";
        const options = { commandId: followUpId({ id }, item), metadata: { [MetadataKeys.causationId]: id }, signal };
        await stock.handle(stockId(item), { type, orderId, quantity }, options);
      }
    },
  });
}
