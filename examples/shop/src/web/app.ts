import { fileURLToPath } from "node:url";
import { isAetherError, isVersionConflictError, type Position } from "@aether/core";
import { foldEvents } from "@aether/decider";
import { discardParked, retryParked } from "@aether/processor";
import type { ProjectedDocument, ProjectionReader } from "@aether/projections";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { catalogue } from "../orders/catalogue.ts";
import { type OrderEvent, orders } from "../orders/order.ts";
import { processorName } from "../reactions/reserve-stock.ts";
import type { Shop } from "../shop.ts";
import { stockId } from "../stock/stock.ts";
import { customerPrefix } from "../views/orders-by-customer.ts";
import { conflictPage } from "./conflict-page.ts";
import { BadRequest, errorResponse, NotFound, wantsJson } from "./errors.ts";
import { live } from "./live.ts";
import { observe } from "./operations.ts";
import { operationsPage } from "./operations-page.ts";
import { orderPage } from "./order-page.ts";
import { ordersPage } from "./orders-page.ts";
import { countIn, orderIdOf, readChange, readFields } from "./requests.ts";
import { revenuePage } from "./revenue-page.ts";

/** Address of an order. Other actors of the store have no page. */
const orderPath = "/orders/:id{order-[0-9a-f]+}";

/**
 * The pages of the shop, and its HTTP API: the same addresses answer with JSON if the client accepts it.
 * @param closing - ends the live streams, so that the server can close
 */
export function shopApp(shop: Shop, closing: AbortSignal): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }),
    csrf(),
    bodyLimit({ maxSize: 100_000 }),
  );
  app.onError(errorResponse);
  app.notFound(() => {
    throw new NotFound("There is no such page.");
  });

  app.use("/public/*", serveStatic({ root: fileURLToPath(new URL("../..", import.meta.url)) }));
  app.get("/healthz", (c) => c.text("alive"));
  app.get("/readyz", async (c) => {
    await Promise.all(shop.views.map((view) => view.drain({ timeoutMs: 1_000 })));
    return c.text("ready");
  });
  app.get("/live", (c) => live(c, shop.store, closing));

  const listOrders = async (c: Context, customer?: string) => {
    const idPrefix = customer === undefined ? "" : customerPrefix(customer);
    const found = await list(c, shop.ordersByCustomer, idPrefix);
    const newestFirst = found.map(({ document }) => document).sort((a, b) => b.placedAt.localeCompare(a.placedAt));
    return wantsJson(c) ? c.json(newestFirst) : c.html(ordersPage(newestFirst, customer));
  };
  app.get("/", (c) => listOrders(c));
  app.get("/customers/:customer", (c) => listOrders(c, c.req.param("customer")));

  app.get(orderPath, async (c) => {
    const orderId = c.req.param("id");
    const events = await shop.store.getEvents(orderId);
    const version = events.at(-1)?.version;
    if (version === undefined) throw new NotFound("There is no such order.");
    c.header("etag", `"${version}"`);
    if (wantsJson(c)) return c.json({ orderId, version, order: foldEvents(orders, events), events });
    const [shownVersion = version, seenVersion = version] = [c.req.query("version"), c.req.query("seen")].map((text) =>
      text === undefined ? undefined : Number(text),
    );
    return c.html(orderPage(events as readonly OrderEvent[], shownVersion, seenVersion));
  });

  const changeOrder = async (c: Context, action: string, id?: string) => {
    const request = await readChange(c, action);
    const { command, expectedVersion, commandId } = request;
    const orderId = id ?? orderIdOf(commandId);
    try {
      const options = { expectedVersion, commandId, signal: AbortSignal.timeout(5_000) };
      const { state, version, receipts } = await shop.orders.handle(orderId, command, options);
      // A repeated request has no receipt. The latest position includes its events.
      rememberWrite(c, receipts?.at(-1)?.position ?? (await shop.store.getLatestPosition()));
      if (!wantsJson(c)) return c.redirect(action === "place" ? "/" : `/orders/${orderId}`, 303);
      return c.json({ orderId, version, order: state }, action === "place" ? 201 : 200, { etag: `"${version}"` });
    } catch (error) {
      if (!isVersionConflictError(error) || expectedVersion === undefined) throw error;
      const changes = (await shop.store.getEvents(orderId, expectedVersion + 1)) as readonly OrderEvent[];
      if (wantsJson(c)) return c.json({ error: "The order has changed.", code: error.code, changes }, 412);
      return c.html(conflictPage(orderId, action, request, changes), 412);
    }
  };
  app.post("/orders", (c) => changeOrder(c, "place"));
  app.post(`${orderPath}/:action`, (c) => changeOrder(c, c.req.param("action"), c.req.param("id")));

  app.get("/revenue", async (c) => {
    const days = await list(c, shop.revenueByDay);
    const newestFirst = days.sort((a, b) => b.id.localeCompare(a.id));
    return wantsJson(c) ? c.json(newestFirst) : c.html(revenuePage(newestFirst));
  });

  app.get("/operations", async (c) => {
    const view = await observe(shop);
    return wantsJson(c) ? c.json(view) : c.html(operationsPage(view));
  });
  app.post(`/stock/:item{${[...catalogue.keys()].join("|")}}`, async (c) => {
    const quantity = countIn(await readFields(c), "quantity");
    const { receipts } = await shop.stock.handle(stockId(c.req.param("item")), { type: "ReceiveStock", quantity });
    rememberWrite(c, receipts?.at(-1)?.position);
    return c.redirect("/operations", 303);
  });
  app.post("/parked/:id", async (c) => {
    const request = (await readFields(c)).request === "discard" ? discardParked : retryParked;
    await request(shop.documents, processorName, c.req.param("id"));
    return c.redirect("/operations", 303);
  });
  return app;
}

/** Lets the pages of this client include its last write, for as long as the read models may need. */
function rememberWrite(c: Context, position: Position | undefined): void {
  if (position !== undefined) setCookie(c, "after", position, { maxAge: 10, httpOnly: true, sameSite: "Lax" });
}

/** Lists documents that include the client's own writes, or the events that the live stream has announced. */
async function list<D extends object>(c: Context, view: ProjectionReader<D>, idPrefix: string = "") {
  const position = (c.req.query("after") || getCookie(c, "after")) as Position | undefined;
  const found: ProjectedDocument<D>[] = [];
  try {
    for await (const each of view.list({ idPrefix, atLeast: position, timeoutMs: 2_000 })) found.push(each);
  } catch (error) {
    if (!isAetherError(error, "AETHER_INVALID_ARGUMENT") && !isAetherError(error, "AETHER_STREAM_RESET")) throw error;
    throw new BadRequest("The position in this address, or in a cookie, is not from this store.");
  }
  return found;
}
