import { testDecider } from "@aether/decider";
import { expect, test } from "vitest";
import { OrderRejected, orders, totalOf } from "../src/orders/order.ts";
import { OutOfStock, stock } from "../src/stock/stock.ts";

const { given, event } = testDecider(orders);
const lines = [{ item: "lamp", quantity: 2, price: 49_00 }];
const placed = event("OrderPlaced", { customer: "Ada", address: "London", lines });
const paid = event("OrderPaid", { amount: 98_00 });
const shipped = event("OrderShipped", { carrier: "DHL" });
const place = { type: "PlaceOrder", customer: "Ada", address: "London", items: { lamp: 2 } } as const;
const pay = { type: "PayOrder" } as const;
const ship = { type: "ShipOrder", carrier: "DHL" } as const;
const cancel = { type: "CancelOrder", reason: "ordered twice" } as const;
const remind = { type: "RemindOfPayment" } as const;

test("an order is placed once, with the prices of the catalogue", async () => {
  await given().when(place).thenEvents(placed);
  await given(placed).when(place).thenRejects(OrderRejected);
  await given()
    .when({ ...place, items: {} })
    .thenRejects(OrderRejected);
  await given()
    .when({ ...place, items: { unicorn: 1 } })
    .thenRejects(OrderRejected);
  expect(totalOf(lines)).toBe(98_00);
});

test("an order is paid before it is shipped, each once", async () => {
  await given().when(pay).thenRejects(OrderRejected);
  await given(placed).when(pay).thenEvents(paid);
  await given(placed).when(ship).thenRejects(OrderRejected);
  await given(placed, paid).when(pay).thenRejects(OrderRejected);
  await given(placed, paid).when(ship).thenEvents(shipped);
  await given(placed, paid, shipped).when(ship).thenRejects(OrderRejected);
});

test("an order is cancelled until it is shipped, and a payment is refunded", async () => {
  const { reason } = cancel;
  await given(placed)
    .when(cancel)
    .thenEvents(event("OrderCancelled", { reason, lines, refund: 0 }));
  const cancelled = event("OrderCancelled", { reason, lines, refund: 98_00 });
  await given(placed, paid).when(cancel).thenEvents(cancelled);
  await given(placed, paid, cancelled).when(ship).thenRejects(OrderRejected);
  await given(placed, paid, shipped).when(cancel).thenRejects(OrderRejected);
});

test("the address changes until the order is shipped", async () => {
  const change = { type: "ChangeAddress", address: "Paris" } as const;
  await given(placed, paid)
    .when(change)
    .thenEvents(event("AddressChanged", { address: "Paris" }));
  await given(placed)
    .when({ ...change, address: "London" })
    .thenNothing();
  await given(placed, paid, shipped).when(change).thenRejects(OrderRejected);
});

test("there is one reminder, and none after the payment", async () => {
  const reminded = event("PaymentReminderSent", { amount: 98_00 });
  await given(placed).when(remind).thenEvents(reminded);
  await given(placed, reminded).when(remind).thenNothing();
  await given(placed, paid).when(remind).thenNothing();
  await given().when(remind).thenNothing();
});

test("stock is reserved as long as there is some, and released once", async () => {
  const article = testDecider(stock);
  const received = article.event("StockReceived", { quantity: 3 });
  const reserved = article.event("StockReserved", { orderId: "order-1", quantity: 2 });
  const reserve = { type: "ReserveStock", orderId: "order-1", quantity: 2 } as const;
  const release = { ...reserve, type: "ReleaseStock" } as const;
  await article.given(received).when(reserve).thenEvents(reserved);
  await article
    .given(received, reserved)
    .when({ ...reserve, orderId: "order-2" })
    .thenRejects(OutOfStock);
  const released = article.event("StockReleased", { orderId: "order-1", quantity: 2 });
  await article.given(received, reserved).when(release).thenEvents(released);
  await article.given(received, reserved, released).when(release).thenNothing();
  await article.given(received, reserved, released).when({ type: "ReceiveStock", quantity: 1 }).thenState({
    available: 4,
    reserved: {},
  });
});
