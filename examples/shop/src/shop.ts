import type { DocumentStore, FeedEventStore } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { type Projection, type ProjectionReader, readProjection, runProjection } from "@aether/projections";
import { type OrderEvent, orders } from "./orders/order.ts";
import { type StockEvent, stock } from "./stock/stock.ts";
import { duePayments } from "./views/due-payments.ts";
import { ordersByCustomer } from "./views/orders-by-customer.ts";
import { revenueByDay } from "./views/revenue-by-day.ts";

/** All events of the shop. One store has the events of orders and of the stock. */
export type ShopEvent = OrderEvent | StockEvent;

/** The stores of events and of documents. */
export interface Stores {
  readonly store: FeedEventStore<ShopEvent>;
  readonly documents: DocumentStore;
}

/** The application without its interfaces: commands and read models. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** Time after which another process takes over from one that was killed, in milliseconds. */
export const leaseMs = 2_000;

/**
 * Opens the shop.
 * @param runsProjections - true to keep the read models current, false to read those that another process keeps current
 */
export async function openShop({ store, documents }: Stores, runsProjections: boolean) {
  const views: ProjectionReader[] = [];
  /** A promise for each projection of this process. It rejects if the projection has failed. */
  const failures: Promise<void>[] = [];
  const open = async <D extends object>(projection: Projection<OrderEvent, D>): Promise<ProjectionReader<D>> => {
    const running = runsProjections ? await runProjection(store, projection, { documents, leaseMs }) : undefined;
    if (running !== undefined) failures.push(running.untilStopped());
    const view = running ?? (await readProjection(store, projection, { documents }));
    views.push(view);
    return view;
  };
  return {
    store,
    documents,
    orders: commandHandler(store, orders),
    // The reservations of an order may be repeated after any number of other commands.
    stock: commandHandler(store, stock, { repeats: "exact" }),
    ordersByCustomer: await open(ordersByCustomer),
    revenueByDay: await open(revenueByDay),
    duePayments: await open(duePayments),
    views,
    failures,
    [Symbol.asyncDispose]: async () => void (await Promise.all(views.map((view) => view.stop()))),
  };
}
