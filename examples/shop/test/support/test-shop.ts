import type { Hono } from "hono";
import { reserveStock } from "../../src/reactions/reserve-stock.ts";
import { openStores } from "../../src/run/stores.ts";
import { openShop, type Shop } from "../../src/shop.ts";
import { shopApp } from "../../src/web/app.ts";

/** The whole shop in memory, without a server. */
export interface TestShop extends AsyncDisposable {
  readonly shop: Shop;
  readonly app: Hono;
  /** Calls the API with JSON. */
  readonly call: (path: string, body?: object, headers?: Record<string, string>) => Promise<Response>;
  /** Sends a form as a browser does. */
  readonly submit: (path: string, fields?: Record<string, string>) => Promise<Response>;
}

export async function openTestShop({ runsProjections = true } = {}): Promise<TestShop> {
  const shop = await openShop(await openStores("memory"), runsProjections);
  const processor = reserveStock(shop);
  await processor.start();
  const closing = new AbortController();
  const app = shopApp(shop, closing.signal);
  return {
    shop,
    app,
    call: async (path, body, headers) =>
      app.request(path, {
        headers: { accept: "application/json", "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      }),
    submit: async (path, fields) =>
      app.request(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { origin: "http://localhost" },
      }),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await processor.stop();
      await shop[Symbol.asyncDispose]();
    },
  };
}

/** The fields of an order of two lamps. */
export const lamps = { customer: "Ada", address: "London", lamp: 2 };
