import { parkedActors } from "@aether/processor";
import { expect, test } from "vitest";
import { remindOfPayments } from "../src/reactions/payment-reminders.ts";
import { processorName, reserveStock } from "../src/reactions/reserve-stock.ts";
import { stockId } from "../src/stock/stock.ts";
import { eventually } from "./support/eventually.ts";
import { openTestShop } from "./support/test-shop.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const place = (quantity: number) =>
  ({ type: "PlaceOrder", customer: "Ada", address: "London", items: { lamp: quantity, rug: 1 } }) as const;

test("a payment that is due is reminded of once, even by two processes", async () => {
  await using test = await openTestShop();
  const { shop } = test;
  const { receipts } = await shop.orders.handle("order-1", place(1));
  await shop.orders.handle("order-2", place(1));
  await shop.orders.handle("order-2", { type: "PayOrder" });
  await shop.ordersByCustomer.waitFor(receipts?.[0] ?? expect.fail());
  await shop.ordersByCustomer.drain();
  await remindOfPayments(shop, Date.now() + 2 * DAY_MS);
  expect((await shop.orders.load("order-1")).state.isReminded).toBe(false);
  await Promise.all([1, 2].map(() => remindOfPayments(shop, Date.now() + 4 * DAY_MS)));
  const types = async (id: string) => (await shop.store.getEvents(id)).map(({ eventType }) => eventType);
  expect(await types("order-1")).toEqual(["OrderPlaced", "PaymentReminderSent"]);
  expect(await types("order-2")).toEqual(["OrderPlaced", "OrderPaid"]);
});

test("stock is reserved once, although all events are handled twice", async () => {
  await using test = await openTestShop();
  const { shop } = test;
  for (const item of ["lamp", "rug"]) await shop.stock.handle(stockId(item), { type: "ReceiveStock", quantity: 200 });
  for (let index = 0; index < 70; index++) await shop.orders.handle(`order-${index}`, place(2));
  await shop.orders.handle("order-7", { type: "CancelOrder", reason: "ordered twice" });
  const available = async () => (await shop.stock.load(stockId("lamp"))).state.available;
  await eventually(async () => expect(await available()).toBe(200 - 69 * 2));
  const events = await shop.store.getEvents(stockId("lamp"));
  expect(events).toHaveLength(1 + 70 + 1);

  // Another name has no checkpoint, so it handles all events again.
  const repeated = reserveStock(shop, "again");
  await repeated.start();
  await repeated.drain();
  await repeated.stop();
  expect(await shop.store.getEvents(stockId("lamp"))).toEqual(events);
});

test("an order that is out of stock is parked, and continues after a retry", async () => {
  await using test = await openTestShop();
  const { shop, submit } = test;
  await shop.stock.handle(stockId("lamp"), { type: "ReceiveStock", quantity: 10 });
  await shop.orders.handle("order-1", place(1));
  await eventually(async () => expect(await parkedActors(shop.documents, processorName)).toHaveLength(1));
  const page = await (await test.app.request("/operations")).text();
  expect(page).toContain("stock-rug: 1 wanted, 0 available");
  await submit("/stock/rug");
  await submit("/parked/order-1/retry");
  await eventually(async () => expect(await parkedActors(shop.documents, processorName)).toHaveLength(0));
  const { state } = await shop.stock.load(stockId("rug"));
  expect(state).toEqual({ available: 9, reserved: { "order-1": 1 } });
  expect((await shop.stock.load(stockId("lamp"))).state.available).toBe(9);
});
