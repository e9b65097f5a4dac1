import { expect, test, vi } from "vitest";
import { eventually } from "./support/eventually.ts";
import { lamps, openTestShop } from "./support/test-shop.ts";

const json = async (response: Response) => (await response.json()) as { orderId: string; error: string };

test("an order is placed, paid and shipped, and each list includes the client's own writes", async () => {
  await using shop = await openTestShop();
  const placed = await shop.call("/orders", lamps);
  expect(placed.status).toBe(201);
  expect(placed.headers.get("etag")).toBe('"1"');
  const { orderId } = await json(placed);
  const cookie = /^after=[^;]+/.exec(placed.headers.get("set-cookie") ?? "")?.[0] ?? "";
  const listed = await json(await shop.call("/customers/Ada", undefined, { cookie }));
  expect(listed).toMatchObject([{ orderId, status: "placed", total: 98_00 }]);
  expect((await shop.call(`/orders/${orderId}/pay`, {})).status).toBe(200);
  const shipped = await shop.call(`/orders/${orderId}/ship`, { carrier: "DHL" }, { "if-match": '"2"' });
  expect(await json(shipped)).toMatchObject({ version: 3, order: { status: "shipped" } });
  const written = { cookie: shipped.headers.get("set-cookie") ?? "" };
  expect(await json(await shop.call("/", undefined, written))).toMatchObject([{ status: "shipped" }]);
  expect(await json(await shop.call("/revenue", undefined, written))).toMatchObject([{ document: { amount: 98_00 } }]);
  const order = await shop.call(`/orders/${orderId}`);
  expect(order.headers.get("etag")).toBe('"3"');
  expect(await json(order)).toMatchObject({ version: 3, order: { status: "shipped", address: "London" } });
});

test("a request that is repeated is carried out once", async () => {
  await using shop = await openTestShop();
  const place = () => shop.call("/orders", lamps, { "idempotency-key": "request-1" });
  const [one, other] = await Promise.all([place(), place()]);
  const { orderId } = await json(one);
  expect(await json(other)).toMatchObject({ orderId, version: 1 });
  const pay = () => shop.call(`/orders/${orderId}/pay`, {}, { "idempotency-key": "request-2", "if-match": '"1"' });
  expect((await pay()).status).toBe(200);
  const repeated = await pay();
  expect(repeated.headers.get("set-cookie")).toContain("after=");
  expect(await json(repeated)).toMatchObject({ version: 2, order: { status: "paid" } });
  expect(await shop.shop.store.getLatestVersion(orderId)).toBe(2);
});

test("errors have a status and a message", async () => {
  await using shop = await openTestShop();
  const { orderId } = await json(await shop.call("/orders", lamps));
  const statusOf = async (path: string, body?: object, headers?: Record<string, string>) => {
    const response = await shop.call(path, body, headers);
    return [response.status, (await json(response)).error];
  };
  expect(await statusOf("/orders", { customer: "Ada" })).toEqual([400, expect.stringContaining("address")]);
  expect(await statusOf("/orders", { ...lamps, lamp: -1 })).toEqual([400, expect.stringContaining("lamp")]);
  expect(await statusOf("/orders", { ...lamps, lamp: 0 })).toEqual([422, "The order has no articles."]);
  expect(await statusOf(`/orders/${orderId}/ship`, { carrier: "DHL" })).toEqual([
    422,
    expect.stringContaining("placed"),
  ]);
  expect(await statusOf("/orders/order-0/pay", {})).toEqual([422, "There is no such order."]);
  expect(await statusOf(`/orders/${orderId}/toString`, {})).toEqual([404, "There is no such page."]);
  expect(await statusOf(`/orders/${orderId}/pay`, {}, { "if-match": "one" })).toEqual([400, expect.any(String)]);
  expect(await statusOf("/orders/order-0")).toEqual([404, "There is no such page."]);
  expect(await statusOf("/orders/stock-lamp")).toEqual([404, "There is no such page."]);
  expect(await statusOf("/stock/unicorn", { quantity: 1 })).toEqual([404, "There is no such page."]);
  expect(await statusOf("/", undefined, { cookie: "after=nonsense" })).toEqual([400, expect.any(String)]);
  expect(await statusOf("/nothing")).toEqual([404, "There is no such page."]);
  const broken = await shop.app.request("/orders", {
    method: "POST",
    body: "{",
    headers: { "content-type": "application/json" },
  });
  expect(broken.status).toBe(400);
  const foreign = await shop.app.request("/orders", {
    method: "POST",
    body: new URLSearchParams({ customer: "Eve" }),
    headers: { origin: "http://evil.example" },
  });
  expect(foreign.status).toBe(403);
});

test("a change of an order that has changed shows the changes, and can be tried again", async () => {
  await using shop = await openTestShop();
  const { orderId } = await json(await shop.call("/orders", lamps));
  await shop.call(`/orders/${orderId}/address`, { address: "Paris <Rue 1>" });
  const conflict = await shop.call(`/orders/${orderId}/pay`, {}, { "if-match": '"1"' });
  expect(conflict.status).toBe(412);
  const changes = [{ eventType: "AddressChanged", version: 2 }];
  expect(await json(conflict)).toMatchObject({ code: "AETHER_VERSION_CONFLICT", changes });

  const page = await shop.submit(`/orders/${orderId}/cancel`, { "if-match": "1", reason: "too late" });
  expect(page.status).toBe(412);
  const html = await page.text();
  expect(html).toContain("Address changed to Paris &lt;Rue 1&gt;");
  const hidden = [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  expect(Object.fromEntries(hidden)).toMatchObject({ "if-match": "2", reason: "too late" });
  const again = await shop.submit(`/orders/${orderId}/cancel`, Object.fromEntries(hidden));
  expect([again.status, again.headers.get("location")]).toEqual([303, `/orders/${orderId}`]);
  expect(await json(await shop.call(`/orders/${orderId}`))).toMatchObject({ order: { status: "cancelled" } });
});

test("a process is ready if the projections are current, in whichever process they run", async () => {
  await using shop = await openTestShop();
  const readiness = async (path = "/readyz") => (await shop.app.request(path)).status;
  expect([await readiness(), await readiness("/healthz")]).toEqual([200, 200]);
  await using api = await openTestShop({ runsProjections: false });
  expect((await api.app.request("/readyz")).status).toBe(200); // nothing is stored
  await api.call("/orders", lamps);
  const late = await api.app.request("/readyz");
  expect([late.status, late.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await api.app.request("/healthz")).status).toBe(200);
});

test("the live stream sends the latest position, and each later one, until the server closes", async () => {
  await using shop = await openTestShop();
  const response = await shop.app.request("/live");
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const text = vi.fn();
  const read = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (chunk) => void text(chunk) }));
  await eventually(() => expect(text).toHaveBeenCalledWith("data: \n\n"));
  await shop.call("/orders", lamps);
  const position = await shop.shop.store.getLatestPosition();
  await eventually(() => expect(text).toHaveBeenCalledWith(`data: ${position}\n\n`));
  await shop[Symbol.asyncDispose]();
  await read;
});
