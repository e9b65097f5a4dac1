import { testProjection } from "@aether/projections";
import { test } from "vitest";
import { customerPrefix, ordersByCustomer } from "../src/views/orders-by-customer.ts";
import { revenueByDay } from "../src/views/revenue-by-day.ts";

const lines = [{ item: "lamp", quantity: 2, price: 49_00 }];
const timestamp = "2026-03-01T23:30:00Z";
const order = { actorId: "order-1", timestamp };
const data = { customer: "Ada & Co", address: "London", lines };
const placed = { ...order, eventType: "OrderPlaced", data } as const;
const paid = { ...order, eventType: "OrderPaid", data: { amount: 98_00 } } as const;
const reminded = { ...order, eventType: "PaymentReminderSent", data: { amount: 98_00 } } as const;

test("orders are listed below their customer", async () => {
  const documents = testProjection(ordersByCustomer).given(placed, reminded, paid);
  await documents.expect(`${customerPrefix("Ada & Co")}order-1`, {
    orderId: "order-1",
    customer: "Ada & Co",
    status: "paid",
    total: 98_00,
    isReminded: true,
    placedAt: timestamp,
  });
});

test("the revenue of a day contains its payments less its refunds", async () => {
  const other = { ...paid, actorId: "order-2", timestamp: "2026-03-02T00:30:00+01:00" } as const;
  const refund = (amount: number) =>
    ({
      ...order,
      timestamp: "2026-03-02T12:00:00Z",
      eventType: "OrderCancelled",
      data: { reason: "", lines, refund: amount },
    }) as const;
  await testProjection(revenueByDay).given(paid, other).expect("2026-03-01", { amount: 196_00, payments: 2 });
  await testProjection(revenueByDay).given(paid, refund(98_00)).expect("2026-03-02", { amount: -98_00, payments: 0 });
  await testProjection(revenueByDay).given(refund(0)).expectNone("2026-03-02");
});
