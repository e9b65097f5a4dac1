import type { Event } from "@aether/core";
import { prepareEvent } from "@aether/store-kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isFrozenJson } from "../src/frozen-json.ts";

const defaults = { newId: () => "id", now: () => "2026-11-24T00:00:00Z" };
const withData = (data: object): Event => ({
  id: "id",
  eventType: "Tested",
  actorId: "a",
  version: 1,
  data,
  timestamp: "2026-11-24T00:00:00Z",
});

test("every prepared event is frozen JSON", () => {
  const data = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<object>;
  fc.assert(fc.property(data, (any) => isFrozenJson(prepareEvent(withData(any), defaults))));
});

/** Freezes everything that is reachable through plain properties. */
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
])("%s is frozen JSON", (_, value) => expect(isFrozenJson(value)).toBe(true));

test.each<[string, unknown]>([
  ["an object that is not frozen", withData({})],
  [
    "an object that is not frozen at every depth",
    Object.freeze(withData(Object.freeze({ list: Object.freeze([{}]) }))),
  ],
  [
    "an object with a getter",
    freeze({
      get now() {
        return Date.now();
      },
    }),
  ],
  ["an object with a class instance", freeze({ custom: new Custom() })],
  ["an instance of an array subclass", freeze(new (class extends Array {})())],
  ["an object without a prototype", freeze(Object.create(null))],
  ["an object with a value that JSON omits", freeze({ nothing: undefined })],
  ["an object with a value that JSON alters", freeze({ zero: -0 })],
  ["an object with a symbol as a key", freeze({ [Symbol("s")]: 1 })],
  ["an object with a non-enumerable property", freeze(Object.defineProperty({}, "hidden", { value: 1 }))],
  ["an array with an extra property", freeze(Object.assign([1], { extra: 1 }))],
  ["an array with a negative index", freeze(Object.assign([], { "-1": 1 }))],
  ["an array with a fraction as an index", freeze(Object.assign([1, 2], { "0.5": 1 }))],
])("%s is not frozen JSON", (_, value) => expect(isFrozenJson(value)).toBe(false));
