import type { EventDraft } from "@aether/core";
import { catalogue } from "../orders/catalogue.ts";
import { type OrderEvent, totalOf } from "../orders/order.ts";
import type { Stores } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { orderIdOf } from "../web/requests.ts";

const HOUR_MS = 60 * 60 * 1_000;
const customers = [
  ["Ada Byron", "12 St James's Square, London"],
  ["Grace Hopper", "8 Harbour Road, Arlington"],
  ["Alan Turing", "5 Sackville Street, Manchester"],
  ["Hedy Lamarr", "21 Ringstrasse, Vienna"],
  ["Mary Somerville", "3 Royal Crescent, Edinburgh"],
] as const;

/** Saves stock, and orders of the last two weeks, if the store is empty. One order wants more rugs than there are. */
export async function addSampleData({ store }: Stores, nowMs: number = Date.now()): Promise<void> {
  if ((await store.getLatestPosition()) !== undefined) return;
  for (const [item, quantity] of Object.entries({ lamp: 40, chair: 40, kettle: 40, rug: 13 }))
    await store.saveEvent({ actorId: stockId(item), version: 1, eventType: "StockReceived", data: { quantity } });
  for (let index = 0; index < 24; index++) {
    const placedMs = nowMs - (24 - index) * 14 * HOUR_MS;
    for (const [at, draft] of history(index).entries()) {
      const timestamp = new Date(placedMs + at * 3 * HOUR_MS).toISOString();
      await store.saveEvent({ actorId: orderIdOf(`sample ${index}`), version: at + 1, timestamp, ...draft });
    }
  }
}

/** The events of an order. The first orders are the oldest, and most of them are shipped. */
function history(index: number): readonly EventDraft<OrderEvent>[] {
  const [customer, address] = customers[(index * 3) % customers.length] ?? customers[0];
  const items = [...catalogue].map(([item, { price }]) => ({ item, price }));
  const [first, second] = [items[index % 4], items[(index + 1) % 4]];
  const lines = [
    ...(first ? [{ ...first, quantity: 1 + (index % 2) }] : []),
    ...(second && index % 3 === 0 ? [{ ...second, quantity: 1 }] : []),
  ];
  const events: EventDraft<OrderEvent>[] = [{ eventType: "OrderPlaced", data: { customer, address, lines } }];
  if (index % 6 === 2) events.push({ eventType: "AddressChanged", data: { address: `c/o Babbage, ${address}` } });
  if (index === 5 || index === 12 || index === 20)
    return [...events, { eventType: "OrderCancelled", data: { reason: "ordered twice", lines, refund: 0 } }];
  if (index < 21 && index !== 17) events.push({ eventType: "OrderPaid", data: { amount: totalOf(lines) } });
  if (index < 16) events.push({ eventType: "OrderShipped", data: { carrier: index % 2 === 0 ? "DHL" : "UPS" } });
  return events;
}
