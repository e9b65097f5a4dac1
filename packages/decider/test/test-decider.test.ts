import type { Event } from "@aether/core";
import { describe, expect, test } from "vitest";
import { defineDecider, testDecider } from "../src/index.ts";
import { failure } from "./support/failure.ts";
import { type OrderCommand, OrderRefused, orders } from "./support/orders.ts";

const { given, event } = testDecider(orders);
const placed = event("OrderPlaced", { customerId: "c-1", lines: [{ sku: "lamp", quantity: 1 }] });
const paid = event("OrderPaid", { amount: 5 });
const pay: OrderCommand = { type: "PayOrder", amount: 5 };
const cancel: OrderCommand = { type: "CancelOrder" };

test("checks pass if the outcome is as expected", async () => {
  await given(placed).when(pay).thenEvents(paid);
  await given(placed).when(pay).thenState({ status: "paid", customerId: "c-1" });
  await given(placed, paid).when(pay).thenNothing();
  await given(placed, paid).when(pay).thenState({ status: "paid", customerId: "c-1" });
  await given(placed).when(cancel).thenEvents({ eventType: "OrderCancelled", data: {} });
  await given().when(pay).thenRejects(OrderRefused);
  await given().when(pay).thenRejects(Error);
  await given().when(pay).thenRejects("ORDER_REFUSED");
  await given()
    .when(pay)
    .thenRejects(/order that is none$/);
  await given()
    .when(pay)
    .thenRejects((error) => error instanceof OrderRefused && error.message.includes("none"));
});

describe("a check fails", () => {
  test.each([
    [
      "other data",
      () =>
        given(placed)
          .when(pay)
          .thenEvents(event("OrderPaid", { amount: 6 })),
      "[0].data.amount",
    ],
    ["another event", () => given(placed).when(pay).thenEvents(placed), "[0].eventType"],
    ["more events", () => given(placed).when(pay).thenEvents(paid, paid), "OrderPaid"],
    ["fewer events", () => given(placed).when(pay).thenEvents(), "OrderPaid"],
    ["a rejection instead of events", () => given().when(pay).thenEvents(paid), "ORDER_REFUSED"],
    ["a rejection instead of nothing", () => given().when(pay).thenNothing(), "ORDER_REFUSED"],
    ["an event instead of nothing", () => given(placed).when(pay).thenNothing(), "OrderPaid"],
    ["another state", () => given(placed).when(pay).thenState({ status: "placed", customerId: "c-1" }), "status"],
    ["no rejection", () => given(placed).when(pay).thenRejects(OrderRefused), "class OrderRefused"],
    ["another class", () => given().when(pay).thenRejects(RangeError), "class RangeError"],
    ["another message", () => given().when(pay).thenRejects(/paid$/g), "message that matches /paid$/g"],
    ["another code", () => given().when(pay).thenRejects("OTHER"), "code OTHER"],
    [
      "an error that the function does not want",
      () =>
        given()
          .when(pay)
          .thenRejects(() => false),
      "the function returns true",
    ],
  ])("if it gets %s", async (_name, check, part) => {
    const error = await failure(check());
    expect(error).toMatchObject({ name: "DeciderTestError", code: "ERR_ASSERTION" });
    expect(error.message).toContain(part);
    expect(error).toHaveProperty("expected");
    expect(error).toHaveProperty("actual");
  });
});

test("the message shows the events, the command and the difference", async () => {
  const { message } = await failure(
    given(placed)
      .when(pay)
      .thenEvents(event("OrderPaid", { amount: 6 })),
  );
  expect(message.split("\n")).toEqual(
    expect.arrayContaining([
      "PayOrder: the command must cause these events",
      "given OrderPlaced",
      "first difference at [0].data.amount: expected 6, actual 5",
    ]),
  );
});

test("the error of the decider is the cause of a failed check", async () => {
  expect((await failure(given().when(pay).thenNothing())).cause).toBeInstanceOf(OrderRefused);
});

test("optional fields of an event are compared only if the expected event has them", async () => {
  const noted = testDecider(
    defineDecider<Event<"Noted", { text: string }>, { type: "Note" }, null>({
      initialState: null,
      decide: { Note: (_state, _command, { event: make }) => make("Noted", { text: "x" }, { metadata: { a: "b" } }) },
      evolve: { Noted: () => null },
    }),
  );
  const note = noted.given().when({ type: "Note" });
  await note.thenEvents({ eventType: "Noted", data: { text: "x" } });
  await note.thenEvents({ eventType: "Noted", data: { text: "x" }, metadata: { a: "b" } });
  await failure(note.thenEvents({ eventType: "Noted", data: { text: "x" }, metadata: { a: "c" } }));
});

test("a pattern with the flag g matches each time", async () => {
  const pattern = /none/g;
  for (const _ of [1, 2]) await given().when(pay).thenRejects(pattern);
});

test.each([undefined, null, 5, {}])("a check for the error %o is invalid", async (expected) => {
  const check = given()
    .when(pay)
    .thenRejects(expected as never);
  await expect(check).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument: "expected" });
});

test("an unknown command is rejected, even with the name of an inherited property", async () => {
  for (const type of ["Unknown", "constructor", "toString", "__proto__"]) {
    await given()
      .when({ type } as never)
      .thenRejects("AETHER_UNKNOWN_COMMAND");
  }
});

test("an unknown event fails the test", async () => {
  const check = given({ eventType: "Unknown", data: {} } as never)
    .when(pay)
    .thenNothing();
  await expect(check).rejects.toMatchObject({ code: "AETHER_UNKNOWN_EVENT", eventType: "Unknown", version: 1 });
});
