import type { Event } from "@aether/core";
import { describe, expect, test } from "vitest";
import { MAX_BUFFER_SIZE, readSubscribeArguments } from "../src/index.ts";
import { eventOf } from "./support/small-bus.ts";

describe("the arguments of subscribe", () => {
  test("have defaults", () => {
    expect(readSubscribeArguments("a.>", undefined)).toEqual({
      pattern: "a.>",
      filter: undefined,
      bufferSize: 1_024,
      overflow: "drop-oldest",
      signal: undefined,
      handler: undefined,
      onError: undefined,
    });
  });

  test("can be a pattern, a handler and options", () => {
    const [handler, onError] = [() => {}, () => {}];
    const request = readSubscribeArguments("a", handler, { onError, bufferSize: 1, overflow: "error" });
    expect(request).toMatchObject({ handler, onError, bufferSize: 1, overflow: "error" });
  });

  const handler = (): void => {};
  test.each<[string, readonly unknown[]]>([
    ["options", [7]],
    ["options", [null]],
    ["options", ["orders"]],
    ["options", [handler, 7]],
    ["options.bufferSize", [{ bufferSize: 0 }]],
    ["options.bufferSize", [{ bufferSize: 1.5 }]],
    ["options.bufferSize", [{ bufferSize: "10" }]],
    ["options.bufferSize", [{ bufferSize: MAX_BUFFER_SIZE + 1 }]],
    ["options.overflow", [{ overflow: "block" }]],
    ["options.onError", [{ onError: handler }]],
    ["options.onError", [handler, { onError: "log" }]],
    ["options.signal", [{ signal: {} }]],
    ["options.signal", [{ signal: null }]],
    ["options.eventTypes", [{ eventTypes: "Tested" }]],
    ["options.eventTypes", [{ eventTypes: [] }]],
    ["options.eventTypes", [{ eventTypes: ["Tested", 7] }]],
    ["options.actorId", [{ actorId: "" }]],
    ["options.actorIdPrefix", [{ actorIdPrefix: 7 }]],
    ["options.filter", [{ filter: true }]],
  ])("are rejected with the path %s: %j", (argument, [second, third]) => {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument });
    expect(() => readSubscribeArguments("a", second, third)).toThrow(invalid);
  });

  test.each([[undefined], [null], [{}]])("are rejected if options follow %j instead of a handler", (second) => {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "onEvent" });
    expect(() => readSubscribeArguments("a", second, { bufferSize: 7 })).toThrow(invalid);
  });

  test("are rejected for the pattern first", () => {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_NAMESPACE", namespace: "a.>.b" });
    expect(() => readSubscribeArguments("a.>.b", 7)).toThrow(invalid);
  });
});

describe("the filter of a subscription", () => {
  const accepts = (options: object, fields: Partial<Event>): unknown =>
    readSubscribeArguments("a", options).filter?.(eventOf(fields));

  test("selects events of several types", () => {
    const eventTypes = ["Placed", "Shipped"];
    expect(accepts({ eventTypes }, { eventType: "Shipped" })).toBe(true);
    expect(accepts({ eventTypes }, { eventType: "Cancelled" })).toBe(false);
  });

  test("does not change when the list of types is modified", () => {
    const eventTypes = ["Placed"];
    const { filter } = readSubscribeArguments("a", { eventTypes });
    eventTypes.push("Shipped");
    expect(filter?.(eventOf({ eventType: "Shipped" }))).toBe(false);
  });

  test("selects events of one actor, or of actors whose ids have a prefix", () => {
    expect(accepts({ actorId: "order-1" }, { actorId: "order-1" })).toBe(true);
    expect(accepts({ actorId: "order-1" }, { actorId: "order-11" })).toBe(false);
    expect(accepts({ actorIdPrefix: "order-1" }, { actorId: "order-11" })).toBe(true);
    expect(accepts({ actorIdPrefix: "order-1" }, { actorId: "an-order-1" })).toBe(false);
  });

  test("selects events that match all options", () => {
    const options = { eventTypes: ["Placed"], actorIdPrefix: "order-", filter: ({ version }: Event) => version > 2 };
    const passing = { eventType: "Placed", actorId: "order-1", version: 3 };
    expect(accepts(options, passing)).toBe(true);
    for (const failing of [{ eventType: "Shipped" }, { actorId: "x" }, { version: 2 }]) {
      expect(accepts(options, { ...passing, ...failing })).toBe(false);
    }
  });
});

test("options that throw when they are read are rejected", () => {
  const fail = (): never => {
    throw new Error("hostile");
  };
  const trap = new Proxy([], { get: fail });
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  for (const value of [trap, revoked]) {
    for (const options of [
      value,
      { signal: value },
      { eventTypes: value },
      { overflow: value },
      { bufferSize: value },
    ]) {
      const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT" });
      expect(() => readSubscribeArguments("a", options)).toThrow(invalid);
    }
  }
});
