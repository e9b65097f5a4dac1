import { MemoryEventStore } from "@aether/store-memory";
import { expect, test } from "vitest";
import { commandHandler, foldEvents } from "../src/index.ts";
import { orders } from "./support/orders.ts";

test("folds events into a state in the past, and continues from a state", async () => {
  const store = new MemoryEventStore();
  const handler = commandHandler(store, orders); // the store has events of any type
  await handler.handle("order-1", { type: "PlaceOrder", customerId: "ann", lines: [] });
  await handler.handle("order-1", { type: "PayOrder", amount: 5 });
  const events = await store.getEvents("order-1");
  expect(foldEvents(orders, events.slice(0, 0))).toEqual({ status: "none" });
  const placed = foldEvents(orders, events.slice(0, 1));
  expect(placed).toEqual({ status: "placed", customerId: "ann" });
  expect(foldEvents(orders, events.slice(1), placed)).toEqual((await handler.load("order-1")).state);
});

test("reports an event that the decider does not know", async () => {
  const store = new MemoryEventStore();
  await store.saveEvent({ actorId: "stock-1", version: 1, eventType: "StockReceived", data: {} });
  const events = await store.getEvents("stock-1");
  expect(() => foldEvents(orders, events)).toThrowError(expect.objectContaining({ code: "AETHER_UNKNOWN_EVENT" }));
  const handling = commandHandler(store, orders).handle("stock-1", { type: "CancelOrder" });
  await expect(handling).rejects.toMatchObject({ code: "AETHER_UNKNOWN_EVENT", eventType: "StockReceived" });
});
