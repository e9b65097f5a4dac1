import { runInNewContext } from "node:vm";
import { isAetherError } from "@aether/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEvent, MAX_JSON_DEPTH, MAX_JSON_VALUES, prepareEvent, prepareEvents } from "../src/index.ts";

const defaults = { newId: () => "made-id", now: () => "2026-01-01T00:00:00.000Z" };
const given = { actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" } };

function invalidEvent(work: () => unknown): {
  readonly path: string;
  readonly reason: string;
  readonly cause?: unknown;
} {
  try {
    work();
  } catch (error) {
    if (isAetherError(error, "AETHER_INVALID_EVENT")) return error;
    throw error;
  }
  throw new Error("the event was accepted");
}
const prepare = (event: unknown): unknown => prepareEvent(event as never, defaults);

describe("prepareEvent", () => {
  test("fills in missing fields and keeps the given ones exactly", () => {
    expect(prepareEvent(given, defaults)).toEqual({ ...given, id: "made-id", timestamp: "2026-01-01T00:00:00.000Z" });
    const whole = { ...given, id: "e1", timestamp: "2024-02-29T12:00:00.123456789+05:30", metadata: { userId: "u" } };
    expect(prepareEvent(whole, defaults)).toEqual(whole);
  });

  test("its JSON always has the fields of an event in the same order", () => {
    const { data, ...rest } = { ...given, metadata: {} };
    expect(JSON.stringify(prepareEvent({ data, ...rest }, defaults))).toBe(
      '{"id":"made-id","eventType":"OrderPlaced","actorId":"order-1","version":1,"data":{"item":"lamp"},' +
        '"metadata":{},"timestamp":"2026-01-01T00:00:00.000Z"}',
    );
  });

  test("shares nothing with the caller's objects, and is frozen at every depth", () => {
    const data = { lines: [{ price: 1 }] };
    const metadata = { userId: "u" };
    const event = prepareEvent({ ...given, data, metadata }, defaults);
    data.lines.push({ price: 2 });
    metadata.userId = "other";
    expect(event).toMatchObject({ data: { lines: [{ price: 1 }] }, metadata: { userId: "u" } });
    const { lines } = event.data as typeof data;
    for (const part of [event, event.data, event.metadata, lines, lines[0]]) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(data)).toBe(false);
  });

  test.each([
    ["undefined", undefined, "", "undefined"],
    ["null", null, "", "null"],
    ["a string", "event", "", "a string"],
    ["no actor id", { ...given, actorId: undefined }, "actorId", "undefined"],
    ["an empty actor id", { ...given, actorId: "" }, "actorId", "empty"],
    ["a lone surrogate in the actor id", { ...given, actorId: "a\ud800" }, "actorId", "lone surrogate"],
    ["a numeric actor id", { ...given, actorId: 7 }, "actorId", "but is 7"],
    ["an empty type", { ...given, eventType: "" }, "eventType", "empty"],
    ["an empty id", { ...given, id: "" }, "id", "empty"],
    ["an id that is null", { ...given, id: null }, "id", "null"],
    ["version 0", { ...given, version: 0 }, "version", "but is 0"],
    ["version -1", { ...given, version: -1 }, "version", "but is -1"],
    ["version 1.5", { ...given, version: 1.5 }, "version", "but is 1.5"],
    ["version NaN", { ...given, version: Number.NaN }, "version", "NaN"],
    ["version 2^53", { ...given, version: 2 ** 53 }, "version", "9007199254740991"],
    ["version 1n", { ...given, version: 1n }, "version", "a BigInt"],
    ["version '1'", { ...given, version: "1" }, "version", "a string"],
    ["a date for a timestamp", { ...given, timestamp: new Date() }, "timestamp", "RFC 3339"],
    ["a day that does not exist", { ...given, timestamp: "2023-02-29T00:00:00Z" }, "timestamp", "RFC 3339"],
    ["no data", { ...given, data: undefined }, "data", "undefined"],
    ["data that is null", { ...given, data: null }, "data", "null"],
    ["an array for data", { ...given, data: [1] }, "data", "an array"],
    ["text for data", { ...given, data: "x" }, "data", "a string"],
    ["a number in the metadata", { ...given, metadata: { n: 1 } }, "metadata.n", "but is 1"],
    ["an array for metadata", { ...given, metadata: ["x"] }, "metadata", "an array"],
    ["a stray field", { ...given, metaData: {} }, "metaData", "not a field of an event: put it into data or metadata"],
    ["a stray field with an inherited name", { ...given, valueOf: {} }, "valueOf", "not a field of an event: put it"],
    [
      "a type",
      { ...given, eventType: undefined, type: "A" },
      "type",
      "did you mean eventType? Otherwise put it into data",
    ],
    ["a payload", { ...given, data: undefined, payload: {} }, "payload", "did you mean data?"],
    ["an aggregate id", { ...given, actorId: undefined, aggregateId: "a" }, "aggregateId", "did you mean actorId?"],
    ["a stream id", { ...given, actorId: undefined, streamId: "a" }, "streamId", "did you mean actorId?"],
  ])("rejects %s", (_what, event, path, reason) => {
    const error = invalidEvent(() => prepare(event));
    expect(error.path).toBe(path);
    expect(error.reason).toContain(reason);
  });

  const hidden = (target: object, key: string, value: unknown): object =>
    Object.defineProperty(target, key, { value, enumerable: false });
  const fromNull = (): object => {
    function Loner(): void {}
    Loner.prototype = Object.create(null, { constructor: { value: Loner } });
    return Object.create(Loner.prototype as object);
  };
  const cycle: Record<string, unknown> = { list: [{}] };
  (cycle.list as Record<string, unknown>[])[0] = { back: cycle };
  test.each([
    ["a function", { deep: [{ call: () => 1 }] }, "data.deep[0].call", "a function"],
    ["a symbol", { s: Symbol("s") }, "data.s", "a symbol"],
    ["a BigInt", { n: [1, 2n] }, "data.n[1]", "use a string"],
    ["NaN", { n: Number.NaN }, "data.n", "NaN"],
    ["infinity", { "unit price": -Infinity }, 'data["unit price"]', "-Infinity"],
    ["a cycle", cycle, "data.list[0].back", "contains itself"],
    ["a Date", { when: new Date(0) }, "data.when", "toISOString()"],
    ["a Map", { map: new Map() }, "data.map", "a Map object"],
    ["bytes", { raw: new Uint8Array(2) }, "data.raw", "a Uint8Array object"],
    ["an instance of a class", { money: new (class Money {})() }, "data.money", "a Money object"],
    ["a boxed number", { n: new Number(1) }, "data.n", "a Number object"],
    ["undefined in an array", { list: [1, undefined] }, "data.list[1]", "use null"],
    ["a hole in an array", { list: new Array(1) }, "data.list[0]", "use null"],
    ["a symbol as a key", { part: { [Symbol("k")]: 1 } }, "data.part", "symbol as a key"],
    ["toJSON", { part: { toJSON: () => 1 } }, "data.part.toJSON", "a function"],
    ["a hidden toJSON", { part: hidden({}, "toJSON", () => 1) }, "data.part", "hidden method toJSON"],
    ["a hidden toJSON of an array", { list: hidden([1], "toJSON", () => 1) }, "data.list", "hidden method toJSON"],
    [
      "toJSON of an array",
      { list: Object.assign([1], { toJSON: () => 2 }) },
      "data.list.toJSON",
      "property of an array",
    ],
    ["a property of an array", { list: Object.assign([1], { total: 1 }) }, "data.list.total", "JSON would lose"],
    ["a property of an empty array", { list: Object.assign([], { "-1": 1 }) }, 'data.list["-1"]', "JSON would lose"],
    ["the result of a match", { match: "ab".match(/b/) }, "data.match.index", "use an object"],
    [
      "a symbol as a key of an array",
      { list: Object.assign([1], { [Symbol("k")]: 1 }) },
      "data.list",
      "symbol as a key",
    ],
    ["an array of another class", { list: new (class Lines extends Array {})() }, "data.list", "of the class Lines"],
    [
      "an array that inherits",
      { list: Object.setPrototypeOf([], Object.create(Array.prototype)) },
      "data.list",
      "inherits",
    ],
    ["an object that inherits", { part: Object.create({ total: 1 }) }, "data.part", "inherits from another object"],
    [
      "an object that inherits from one without a prototype",
      { part: Object.create(Object.create(null, { total: { value: 1, enumerable: true } })) },
      "data.part",
      "inherits from another object",
    ],
    ["an instance of a class that extends null", { part: fromNull() }, "data.part", "a Loner object"],
    ["an Error", { cause: new RangeError("no") }, "data.cause", "a RangeError object"],
    ["an AggregateError", { cause: new AggregateError([]) }, "data.cause", "is an AggregateError object"],
  ])("rejects %s in the data, with its path", (_what, data, path, reason) => {
    const error = invalidEvent(() => prepare({ ...given, data }));
    expect(error.path).toBe(path);
    expect(error.reason).toContain(reason);
  });

  test("accepts objects and arrays without a prototype, and those of another realm", () => {
    const bare = Object.assign(Object.create(null), { list: Object.setPrototypeOf([1], null) });
    const foreign: unknown = runInNewContext("({ list: [1, { n: 2 }] })");
    expect(prepare({ ...given, data: { bare, foreign } })).toMatchObject({
      data: { bare: { list: [1] }, foreign: { list: [1, { n: 2 }] } },
    });
  });

  test("ignores hidden properties and undefined properties of arrays, as JSON does", () => {
    const list = hidden(Object.assign([1], { groups: undefined }), "raw", 2);
    expect(prepare({ ...given, data: { list } })).toMatchObject({ data: { list: [1] } });
  });

  test("rejects an event that has a symbol as a key", () => {
    expect(invalidEvent(() => prepare({ ...given, [Symbol("k")]: 1 }))).toMatchObject({
      path: "",
      reason: "has a symbol as a key, which JSON would lose",
    });
  });

  test("an array that grows while it is read is stored with its first items", () => {
    const list: unknown[] = [];
    Object.defineProperty(list, 0, { get: () => list.push(1), enumerable: true });
    expect(() => prepare({ ...given, data: { list } })).toThrow(/JSON would lose/);
  });

  test("a getter that throws is rejected, with its error as the cause", () => {
    const cause = new Error("no");
    const hostile = {
      get boom(): never {
        throw cause;
      },
    };
    expect(invalidEvent(() => prepare({ ...given, data: { hostile } }))).toMatchObject({
      path: "data.hostile.boom",
      cause,
    });
    const proxy = new Proxy({}, { get: () => hostile.boom });
    expect(invalidEvent(() => prepare(proxy))).toMatchObject({ path: "", cause });
  });

  test("a getter that returns different values is stored as it was checked", () => {
    let reads = 0;
    const data = {
      get changing(): unknown {
        return reads++ === 0 ? "text" : () => {};
      },
    };
    expect(prepare({ ...given, data })).toMatchObject({ data: { changing: "text" } });
  });

  test("a key __proto__ stays data and pollutes nothing", () => {
    const event = prepareEvent({ ...given, data: JSON.parse('{"__proto__":{"polluted":true}}') }, defaults);
    expect(JSON.stringify(event.data)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((event.data as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("undefined properties and the sign of zero are left out, as in JSON", () => {
    const { data } = prepareEvent({ ...given, data: { gone: undefined, zero: -0 } }, defaults);
    expect(Object.keys(data)).toEqual(["zero"]);
    expect(Object.is((data as { zero: number }).zero, 0)).toBe(true);
  });

  const nested = (levels: number): object => {
    let data = {};
    for (let level = 1; level < levels; level++) data = { deeper: data };
    return data;
  };
  test("the maximum depth is accepted, and one level more is rejected", () => {
    expect(() => prepare({ ...given, data: nested(MAX_JSON_DEPTH) })).not.toThrow();
    expect(invalidEvent(() => prepare({ ...given, data: nested(MAX_JSON_DEPTH + 1) })).reason).toContain("levels deep");
    expect(invalidEvent(() => prepare({ ...given, data: nested(100_000) })).path.length).toBeLessThan(600);
  });

  test("a few objects that expand to very many values are rejected quickly", () => {
    let bomb: unknown = "x";
    for (let level = 0; level < 64; level++) bomb = [bomb, bomb];
    expect(invalidEvent(() => prepare({ ...given, data: { bomb } })).reason).toContain(String(MAX_JSON_VALUES));
  });

  test("every JSON object is stored as JSON represents it", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const event = prepareEvent({ ...given, data }, defaults);
        expect(JSON.stringify(event.data)).toBe(JSON.stringify(data));
        expect(decodeEvent(JSON.parse(JSON.stringify(event)))).toEqual(JSON.parse(JSON.stringify(event)));
      }),
    );
  });

  test("an array or object of any shape is stored completely, or rejected", () => {
    const key = fc.constantFrom<string | symbol>("a", "1", "-1", "toJSON", "length", Symbol("s"));
    const shape = fc.record({
      kind: fc.constantFrom("array", "object"),
      prototype: fc.constantFrom("own", "null", "object", "array", "class"),
      items: fc.array(fc.constantFrom<unknown>(0, "x", null, [1], { n: 1 }), { maxLength: 3 }),
      properties: fc.array(
        fc.record({ key, value: fc.constantFrom<unknown>(1, undefined, () => 2), enumerable: fc.boolean() }),
        { maxLength: 3 },
      ),
    });
    class Lines extends Array {}
    const prototypes = { null: null, object: {}, array: [], class: Lines.prototype };
    fc.assert(
      fc.property(shape, ({ kind, prototype, items, properties }) => {
        const value: object = kind === "array" ? [...items] : { ...items };
        for (const { key, value: property, enumerable } of properties)
          if (!(kind === "array" && key === "length"))
            Object.defineProperty(value, key, { value: property, enumerable, configurable: true, writable: true });
        if (prototype !== "own") Object.setPrototypeOf(value, prototypes[prototype as keyof typeof prototypes]);
        let stored: { readonly value: object };
        try {
          stored = (prepare({ ...given, data: { value } }) as { readonly data: { readonly value: object } }).data;
        } catch (error) {
          if (!isAetherError(error, "AETHER_INVALID_EVENT")) throw error;
          return;
        }
        expect(stored).toEqual(JSON.parse(JSON.stringify({ value })));
        const lost = Reflect.ownKeys(value).filter((each) => {
          const property = Reflect.getOwnPropertyDescriptor(value, each);
          return property?.enumerable && property.value !== undefined && !Object.hasOwn(stored.value, each);
        });
        expect(lost).toEqual([]);
        expect(["own", "null"]).toContain(prototype);
      }),
      { numRuns: 2_000 },
    );
  });

  test("any value is stored as JSON represents it, or rejected with a path", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        try {
          const event = prepareEvent({ ...given, data: { value } }, defaults);
          expect(JSON.stringify(event.data)).toBe(JSON.stringify({ value }));
        } catch (error) {
          if (!isAetherError(error, "AETHER_INVALID_EVENT")) throw error;
          expect(error.path).toMatch(/^data\.value/);
        }
      }),
    );
  });
});

describe("prepareEvents", () => {
  const batch = (...events: unknown[]): unknown => prepareEvents(events as never, defaults);

  test("accepts ascending events of one actor, with gaps, and an empty batch", () => {
    expect(prepareEvents([], defaults)).toEqual([]);
    expect(prepareEvents([given, { ...given, version: 5 }], defaults).map(({ version }) => version)).toEqual([1, 5]);
  });

  test.each([
    ["another actor", [given, { ...given, actorId: "order-2", version: 2 }], "[1].actorId"],
    ["an equal version", [given, given], "[1].version"],
    [
      "a lower version",
      [
        { ...given, version: 3 },
        { ...given, version: 2 },
      ],
      "[1].version",
    ],
    ["a bad event", [given, { ...given, version: 2, data: { n: Number.NaN } }], "[1].data.n"],
    ["null", [given, null], "[1]"],
  ])("rejects %s, with its path", (_what, events, path) => {
    expect(invalidEvent(() => batch(...events)).path).toBe(path);
  });

  test("rejects a batch that is not an array", () => {
    expect(invalidEvent(() => prepareEvents("events" as never, defaults)).path).toBe("");
  });
});

test("an event, a batch or a part of one that throws when it is read is rejected", () => {
  const fail = (): never => {
    throw new Error("hostile");
  };
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  for (const trap of [new Proxy([], { get: fail }), revoked, new Proxy({}, { get: fail, getPrototypeOf: fail })]) {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_EVENT" });
    expect(() => prepareEvent(trap as never, defaults)).toThrow(invalid);
    expect(() => prepareEvents(trap as never, defaults)).toThrow(invalid);
    expect(() => prepareEvents([trap] as never, defaults)).toThrow(invalid);
    for (const field of ["id", "eventType", "actorId", "version", "data", "metadata", "timestamp"]) {
      const event = { actorId: "a", version: 1, eventType: "Tested", data: {}, [field]: trap };
      expect(() => prepareEvent(event as never, defaults)).toThrow(invalid);
    }
  }
});

test("data of the maximum depth can be decoded", () => {
  let data: object = {}; // one level
  for (let level = 2; level < MAX_JSON_DEPTH; level++) data = level % 2 === 0 ? { data } : [data];
  const saved = prepareEvent({ ...given, data: { data } } as never, defaults);
  expect(() => prepareEvent({ ...given, data: { more: { data } } } as never, defaults)).toThrow(/levels deep/);
  expect(decodeEvent(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
});
