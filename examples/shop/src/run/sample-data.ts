import type { EventDraft } from "@aether/core";
import { catalogue } from "../orders/catalogue.ts";
import { type OrderEvent, totalOf } from "../orders/order.ts";
import type { Stores } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { orderIdOf } from "../web/requests.ts";

const HOUR_MS = 60 * 60 * 1_000;

/** Saves stock, and orders of the last two weeks, if the store is empty. One order wants more rugs than there are. */
export async function addSampleData(store: Stores["store"]): Promise<void> {
  if ((await store.getLatestPosition()) !== undefined) return;
  for (const [item, quantity] of Object.entries({ lamp: 40, chair: 40, kettle: 40, rug: 10 }))
    await store.saveEvent({ actorId: stockId(item), version: 1, eventType: "StockReceived", data: { quantity } });
  for (let index = 0; index < 24; index++)
    for (const [at, draft] of history(index).entries()) {
      const timestamp = new Date(Date.now() + ((index - 24) * 14 + at * 3) * HOUR_MS).toISOString();
      await store.saveEvent({ actorId: orderIdOf(`sample ${index}`), version: at + 1, timestamp, ...draft });
    }
}

/** The events of an order. The first orders are the oldest, and most of them are shipped. */
function history(index: number): readonly EventDraft<OrderEvent>[] {
  const customer = ["Ada Byron", "Grace Hopper", "Hedy Lamarr", "Alan Turing", "Mary Somerville"][index % 5] ?? "";
  const articles = [...catalogue].slice(index % 4, (index % 4) + 1 + (index % 2));
  const lines = articles.map(([item, { price }]) => ({ item, price, quantity: 1 + (index % 3) }));
  const events: EventDraft<OrderEvent>[] = [
    { eventType: "OrderPlaced", data: { customer, address: `${index + 1} Harbour Road, London`, lines } },
    { eventType: "OrderPaid", data: { amount: totalOf(lines) } },
    { eventType: "AddressChanged", data: { address: `${index + 1} Ringstrasse, Vienna` } },
    { eventType: "OrderShipped", data: { carrier: index % 2 === 0 ? "DHL" : "UPS" } },
  ];
  if (index % 8 === 5) events.splice(1, 3, { eventType: "OrderCancelled", data: { reason: "late", lines, refund: 0 } });
  return events.slice(0, index < 16 ? 4 : index < 21 && index !== 17 ? 2 : 1);
}
