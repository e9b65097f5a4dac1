import { parkedActors, processorProgress } from "@aether/processor";
import { processorNameOf } from "@aether/projections";
import { html } from "hono/html";
import { catalogue } from "../orders/catalogue.ts";
import { processorName } from "../reactions/reserve-stock.ts";
import type { Shop } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { ordersByCustomer } from "../views/orders-by-customer.ts";
import { revenueByDay } from "../views/revenue-by-day.ts";
import { type Html, layout, table, time } from "./html.ts";

/** The state of the shop, as an operator sees it. */
export type Operations = Awaited<ReturnType<typeof observe>>;

/** Every processor. A projection has one, too. */
const processors = [processorName, ...[ordersByCustomer, revenueByDay].map(processorNameOf)];

/** Reads the state of all processors from the stores, so it works in any process. */
export async function observe({ store, documents, stock }: Shop) {
  const progressOf = async (name: string) => {
    const progress = await processorProgress(documents, name);
    let lag = 0;
    for await (const { events } of store.readFeed({ after: progress?.handledUpTo })) lag += events.length;
    return { name, lag, failure: progress?.failure };
  };
  const availableOf = async (item: string) => (await stock.load(stockId(item))).state.available;
  return {
    processors: await Promise.all(processors.map(progressOf)),
    parked: await parkedActors(documents, processorName),
    stock: await Promise.all([...catalogue.keys()].map(async (item) => ({ item, available: await availableOf(item) }))),
  };
}

/** The processors with their lag, the parked orders with buttons to continue, and the stock. */
export function operationsPage({ processors, parked, stock }: Operations): Html {
  const lags = processors.map(({ name, lag, failure }) => [html`${name}<small>${failure}</small>`, `${lag} events`]);
  const parkedRows = parked.map(({ actorId, error, parkedAt, request }) => [
    html`<a href="/orders/${actorId}">${actorId}</a><small>${error.message} · ${time(parkedAt)}</small>`,
    request ?? html`<form method="post" action="/parked/${actorId}/retry"><button>Retry</button></form>`,
  ]);
  const stockRows = stock.map(({ item, available }) => [
    html`${catalogue.get(item)?.name}<small>${available} available</small>`,
    html`<form method="post" action="/stock/${item}"><button>Receive 10</button></form>`,
  ]);
  return layout(
    "Operations",
    html`<div id="operations" data-live>
      <section class="card">${table("Processors and their lag", lags)}</section>
      <section class="card">${table(`Parked orders: ${parked.length}`, parkedRows)}</section>
      <section class="card">${table("Stock", stockRows)}</section>
    </div>`,
  );
}
