import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { decodeEvent, MAX_JSON_DEPTH } from "../src/index.ts";

const record = {
  id: "e1",
  eventType: "OrderPlaced",
  actorId: "order-1",
  version: 1,
  data: { lines: [{ price: 1 }] },
  timestamp: "2026-01-01T00:00:00Z",
};

describe("decodeEvent", () => {
  test("returns the record, deeply frozen, with its unknown fields", () => {
    const event = decodeEvent({ ...record, schema: { revision: 7 } });
    expect(event).toEqual({ ...record, schema: { revision: 7 } });
    const { lines } = event.data as typeof record.data;
    for (const part of [event, event.data, lines, lines[0]]) expect(Object.isFrozen(part)).toBe(true);
  });

  test.each([
    ["null", null, ""],
    ["an array", [record], ""],
    ["a number", 7, ""],
    ["no id", { ...record, id: undefined }, "id"],
    ["no timestamp", { ...record, timestamp: undefined }, "timestamp"],
    ["a version in text", { ...record, version: "1" }, "version"],
    ["an array for data", { ...record, data: [] }, "data"],
    ["metadata that is not an object", { ...record, metadata: "x" }, "metadata"],
    ["metadata that is not text", { ...record, metadata: { n: 1 } }, "metadata.n"],
    ["100,000 brackets", { ...record, data: { deep: brackets(100_000) } }, ""],
    ["one level too many", { ...record, data: { deep: brackets(MAX_JSON_DEPTH) } }, ""],
    ["a number beyond the range", { ...record, data: JSON.parse('{"lines":[{"price":1e400}]}') }, ""],
    ["a negative number beyond the range", { ...record, data: JSON.parse('{"price":-1e400}') }, ""],
    ["an unknown field beyond the range", { ...record, more: JSON.parse("[1e400]") }, ""],
  ])("rejects %s", (_what, value, path) => {
    let thrown: unknown;
    try {
      decodeEvent(value);
    } catch (error) {
      thrown = error;
    }
    expect(isAetherError(thrown, "AETHER_INVALID_EVENT") && thrown.path).toBe(path);
  });
});

function brackets(count: number): unknown {
  return JSON.parse("[".repeat(count) + "]".repeat(count));
}
