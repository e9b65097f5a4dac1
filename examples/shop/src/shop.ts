import type { DocumentStore, FeedEventStore } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { type Projection, type ProjectionReader, readProjection, runProjection } from "@aether/projections";
import { type OrderEvent, orders } from "./orders/order.ts";
import { type StockEvent, stock } from "./stock/stock.ts";
import { ordersByCustomer } from "./views/orders-by-customer.ts";
import { revenueByDay } from "./views/revenue-by-day.ts";

/** All events of the shop. One store has the events of orders and of the stock. */
export type ShopEvent = OrderEvent | StockEvent;

export interface Stores {
  readonly store: FeedEventStore<ShopEvent>;
  readonly documents: DocumentStore;
  readonly close: () => unknown;
}

/** A read model. It has `untilStopped` in the process that keeps it current. */
type View<D extends object> = ProjectionReader<D> & { readonly untilStopped?: () => Promise<void> };

/** The application without its interfaces: commands and read models. */
export type Shop = Awaited<ReturnType<typeof openShop>>;

/** Time after which another process takes over from one that was killed, in milliseconds. */
export const leaseMs = 2_000;

/** Opens the shop. `runsProjections`: this process keeps the views current. Closing the shop closes the stores. */
export async function openShop(stores: Stores, runsProjections: boolean) {
  const { store, documents } = stores;
  const open = <D extends object>(projection: Projection<OrderEvent, D>): Promise<View<D>> =>
    runsProjections
      ? runProjection(store, projection, { documents, leaseMs })
      : readProjection(store, projection, { documents });
  const byName = { ordersByCustomer: await open(ordersByCustomer), revenueByDay: await open(revenueByDay) };
  const views: readonly View<object>[] = Object.values(byName);
  return {
    ...stores,
    ...byName,
    views,
    orders: commandHandler(store, orders),
    // The reservations of an order may be repeated after any number of other commands.
    stock: commandHandler(store, stock, { repeats: "exact" }),
    async [Symbol.asyncDispose]() {
      await Promise.all(views.map((view) => view.stop()));
      await Promise.all([store.close(), documents.close()]);
      await stores.close();
    },
  };
}
