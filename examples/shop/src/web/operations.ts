import type { Position } from "@aether/core";
import { parkedActors, processorProgress } from "@aether/processor";
import { catalogue } from "../orders/catalogue.ts";
import { eventTypes, processorName } from "../reactions/reserve-stock.ts";
import type { Shop, ShopEvent } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { duePayments } from "../views/due-payments.ts";
import { ordersByCustomer } from "../views/orders-by-customer.ts";
import { revenueByDay } from "../views/revenue-by-day.ts";

/** The state of the shop, as an operator sees it. */
export type Operations = Awaited<ReturnType<typeof observe>>;

/** Every processor, with the events that it handles. A projection has a processor, too. */
const processors = [
  { name: processorName, title: processorName, eventTypes },
  ...[ordersByCustomer, revenueByDay, duePayments].map(({ name, version, eventTypes: types }) => {
    return { name: `projection.${version}.${name}`, title: name, eventTypes: types };
  }),
];

/** Reads the state of all processors from the stores, so it works in any process. */
export async function observe({ store, documents, stock }: Shop) {
  const lagAfter = async (after: Position | undefined, types: readonly ShopEvent["eventType"][]): Promise<number> => {
    let lag = 0;
    for await (const { events } of store.readFeed({ after, eventTypes: types })) lag += events.length;
    return lag;
  };
  return {
    parked: await parkedActors(documents, processorName),
    processors: await Promise.all(
      processors.map(async ({ name, title, eventTypes: types }) => {
        const progress = await processorProgress(documents, name);
        return { name, title, progress, lag: await lagAfter(progress?.handledUpTo, types) };
      }),
    ),
    stock: await Promise.all(
      [...catalogue.keys()].map(async (item) => {
        return { item, available: (await stock.load(stockId(item))).state.available };
      }),
    ),
  };
}
