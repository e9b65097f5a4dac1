import { isVersionConflictError, type Position } from "@aether/core";
import { foldEvents } from "@aether/decider";
import { retryParked } from "@aether/processor";
import type { ProjectedDocument, ProjectionReader } from "@aether/projections";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { catalogue } from "../orders/catalogue.ts";
import { type OrderEvent, orders } from "../orders/order.ts";
import { processorName } from "../reactions/reserve-stock.ts";
import type { Shop } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { customerPrefix } from "../views/orders-by-customer.ts";
import { errorResponse, wantsJson } from "./errors.ts";
import { live } from "./live.ts";
import { observe, operationsPage } from "./operations.ts";
import { conflictPage, orderPage, ordersPage } from "./order-pages.ts";
import { type Action, orderIdOf, readChange } from "./requests.ts";
import { revenuePage } from "./revenue-page.ts";

/** Address of an order. Other actors of the store have no page. */
const orderPath = "/orders/:id{order-[0-9a-f]+}";

/** The pages of the shop, and its HTTP API: the same addresses answer with JSON. `closing` ends the live streams. */
export function shopApp(shop: Shop, closing: AbortSignal): Hono {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }));
  app.use(csrf(), bodyLimit({ maxSize: 100_000 }));
  app.use("/public/*", serveStatic({ root: `${import.meta.dirname}/../..` }));
  app.onError(errorResponse);
  app.notFound((c) => errorResponse(new HTTPException(404, { message: "There is no such page." }), c));
  app.get("/healthz", (c) => c.text("alive"));
  app.get("/readyz", async (c) => {
    await Promise.all(shop.views.map((view) => view.drain({ timeoutMs: 1_000 })));
    return c.text("ready");
  });
  app.get("/live", (c) => live(c, shop, closing));

  app.on("GET", ["/", "/customers/:customer"], async (c) => {
    const customer = c.req.param("customer");
    const found = await list(c, shop.ordersByCustomer, customer === undefined ? "" : customerPrefix(customer));
    const newestFirst = found.map(({ document }) => document).sort((a, b) => b.placedAt.localeCompare(a.placedAt));
    return wantsJson(c) ? c.json(newestFirst) : c.html(ordersPage(newestFirst, customer));
  });
  app.get("/revenue", async (c) => {
    const newestFirst = (await list(c, shop.revenueByDay)).sort((a, b) => b.id.localeCompare(a.id));
    return wantsJson(c) ? c.json(newestFirst) : c.html(revenuePage(newestFirst));
  });

  app.get(orderPath, async (c) => {
    const orderId = c.req.param("id");
    const events = (await shop.store.getEvents(orderId)) as readonly OrderEvent[];
    const version = events.length;
    if (version === 0) return c.notFound();
    c.header("etag", `"${version}"`);
    if (wantsJson(c)) return c.json({ orderId, version, order: foldEvents(orders, events), events });
    return c.html(orderPage(`/orders/${orderId}`, events, Number(c.req.query("version")) || version));
  });
  app.on("POST", ["/orders", `${orderPath}/:action{pay|address|ship|cancel}`], async (c) => {
    const action = (c.req.param("action") ?? "place") as Action;
    const { command, fields, expectedVersion, commandId } = await readChange(c, action);
    const orderId = c.req.param("id") ?? orderIdOf(commandId);
    try {
      const options = { expectedVersion, commandId, signal: AbortSignal.timeout(5_000) };
      const { state, version, receipts } = await shop.orders.handle(orderId, command, options);
      // A repeated request has no receipt. The latest position includes its events.
      const position = receipts?.at(-1)?.position ?? (await shop.store.getLatestPosition()) ?? "";
      setCookie(c, "after", position, { maxAge: 10, httpOnly: true, sameSite: "Lax" });
      if (!wantsJson(c)) return c.redirect(action === "place" ? "/" : `/orders/${orderId}`, 303);
      return c.json({ orderId, version, order: state }, action === "place" ? 201 : 200, { etag: `"${version}"` });
    } catch (error) {
      if (!isVersionConflictError(error) || expectedVersion === undefined) throw error;
      const changes = (await shop.store.getEvents(orderId, expectedVersion + 1)) as readonly OrderEvent[];
      if (wantsJson(c)) return c.json({ error: "The order has changed.", code: error.code, changes }, 412);
      return c.html(conflictPage(`/orders/${orderId}`, action, fields, changes), 412);
    }
  });

  app.get("/operations", async (c) => {
    const operations = await observe(shop);
    return wantsJson(c) ? c.json(operations) : c.html(operationsPage(operations));
  });
  app.post(`/stock/:item{${[...catalogue.keys()].join("|")}}`, async (c) => {
    await shop.stock.handle(stockId(c.req.param("item")), { type: "ReceiveStock", quantity: 10 });
    return c.redirect("/operations", 303);
  });
  app.post("/parked/:id/retry", async (c) => {
    await retryParked(shop.documents, processorName, c.req.param("id"));
    return c.redirect("/operations", 303);
  });
  return app;
}

/** Lists documents that include the client's own writes: a cookie has the position of the last one for some seconds. */
async function list<D extends object>(c: Context, view: ProjectionReader<D>, idPrefix = "") {
  const atLeast = (getCookie(c, "after") || undefined) as Position | undefined;
  const found: ProjectedDocument<D>[] = [];
  for await (const each of view.list({ idPrefix, atLeast, timeoutMs: 2_000 })) found.push(each);
  return found;
}
