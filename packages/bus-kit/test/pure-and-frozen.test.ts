import type { Event } from "@aether/core";
import { prepareEvent } from "@aether/store-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isPureAndFrozen } from "../src/pure-and-frozen.ts";

const defaults = { newId: () => "id", now: () => "2026-11-24T00:00:00Z" };
const withData = (data: object): Event => ({
  id: "id",
  eventType: "Tested",
  actorId: "a",
  version: 1,
  data,
  timestamp: "2026-11-24T00:00:00Z",
});

test("what the codec has prepared is pure and frozen", () => {
  const data = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<object>;
  fc.assert(fc.property(data, (any) => isPureAndFrozen(prepareEvent(withData(any), defaults))));
});

/** Freezes whatever is reachable by plain properties. */
function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const key of Reflect.ownKeys(value)) freeze(Reflect.getOwnPropertyDescriptor(value, key)?.value);
  return Object.freeze(value);
}

class Custom {
  readonly a = 1;
}

test.each<[string, unknown]>([
  ["an event", freeze(withData({ list: [1, { b: null }] }))],
  ["a string", "text"],
  ["null", null],
])("%s may be", (_, value) => expect(isPureAndFrozen(value)).toBe(true));

test.each<[string, unknown]>([
  ["not frozen", withData({})],
  ["not frozen deep down", Object.freeze(withData(Object.freeze({ list: Object.freeze([{}]) })))],
  [
    "a getter",
    freeze({
      get now() {
        return Date.now();
      },
    }),
  ],
  ["a class instance", freeze({ custom: new Custom() })],
  ["an array of a class", freeze(new (class extends Array {})())],
  ["an object without a prototype", freeze(Object.create(null))],
  ["what JSON leaves out", freeze({ nothing: undefined })],
  ["what JSON changes", freeze({ zero: -0 })],
  ["a symbol as a key", freeze({ [Symbol("s")]: 1 })],
  ["a hidden property", freeze(Object.defineProperty({}, "hidden", { value: 1 }))],
  ["a property on an array", freeze(Object.assign([1], { extra: 1 }))],
])("%s may not be", (_, value) => expect(isPureAndFrozen(value)).toBe(false));
