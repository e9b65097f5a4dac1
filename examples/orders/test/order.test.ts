import { testDecider } from "@aether/decider";
import { test } from "vitest";
import { OrderRejected, orders } from "../src/order.ts";

const { given, event } = testDecider(orders);
const placed = event("OrderPlaced", { customer: "ann", items: ["lamp"] });
const shipped = event("OrderShipped", { carrier: "DHL" });
const place = { type: "PlaceOrder" as const, customer: "ann", items: ["lamp"] };
const ship = { type: "ShipOrder", carrier: "DHL" } as const;

test("an order is placed once", async () => {
  await given().when(place).thenEvents(placed);
  await given(placed).when(place).thenRejects(OrderRejected);
});

test("an order that is placed is shipped once", async () => {
  await given().when(ship).thenRejects(OrderRejected);
  await given(placed).when(ship).thenEvents(shipped);
  await given(placed)
    .when(ship)
    .thenState({ status: "shipped", items: ["lamp"], carrier: "DHL" });
  await given(placed, shipped)
    .when({ ...ship, carrier: "UPS" })
    .thenNothing();
});
