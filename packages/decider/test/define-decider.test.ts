import { expect, test } from "vitest";
import { defineDecider } from "../src/index.ts";
import { orders } from "./support/orders.ts";

const { initialState, decide, evolve } = orders;
const codec = { version: 1, toJson: () => ({}), fromJson: () => ({}) };

test.each([
  ["definition", undefined],
  ["decide", { initialState, evolve }],
  ["decide.PayOrder", { initialState, decide: { ...decide, PayOrder: 1 }, evolve }],
  ["evolve", { initialState, decide, evolve: null }],
  ["evolve.OrderPaid", { initialState, decide, evolve: { ...evolve, OrderPaid: "x" } }],
  ["snapshot", { initialState, decide, evolve, snapshot: 1 }],
  ["snapshot.version", { initialState, decide, evolve, snapshot: { ...codec, version: undefined } }],
  ["snapshot.toJson", { initialState, decide, evolve, snapshot: { ...codec, toJson: undefined } }],
  ["snapshot.fromJson", { initialState, decide, evolve, snapshot: { ...codec, fromJson: 1 } }],
])("an invalid %s is rejected", (argument, definition) => {
  expect(() => defineDecider(definition as never)).toThrow(
    expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument }),
  );
});

test("a decider is frozen", () => {
  expect(Object.isFrozen(orders)).toBe(true);
});
