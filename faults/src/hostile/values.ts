import fc from "fast-check";
import { loneSurrogate, text } from "./texts.ts";

/** Object keys with a special meaning to JavaScript or to a library. */
const key: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toJSON", "then", "length", "0", ""),
  },
  { weight: 2, arbitrary: text },
  { weight: 3, arbitrary: fc.string({ maxLength: 5 }) },
);

const number: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 1.5, 2 ** 53, -(2 ** 53), 1e21, 5e-324, Number.MAX_VALUE, 0.1),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Objects whose keys are all own properties, including `__proto__`, as `JSON.parse` creates them. */
function objectOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .array(fc.tuple(key, value), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries) as Record<string, unknown>);
}

const json: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown; object: Record<string, unknown>; array: unknown[] }>(
  (tie) => ({
    any: fc.oneof({ maxDepth: 4 }, leaf, tie("object"), tie("array")),
    object: objectOf(tie("any")),
    array: fc.array(tie("any"), { maxLength: 4 }),
  }),
).any;

/** Returns objects and arrays nested to the given depth. */
function nested(levels: number): Record<string, unknown> {
  let value: unknown = 1;
  for (let level = levels; level > 1; level--) value = level % 2 === 0 ? { deeper: value } : [value];
  return { deeper: value };
}

/** A value, and the JSON that must be stored for it. */
export interface JsonValue {
  readonly value: object;
  readonly json: string;
}

const withJson = (value: object): JsonValue => ({ value, json: JSON.stringify(value) });

/** A large value. It is created once and shared, so that stores and generators that keep it use little memory. */
const tenMegabytes: JsonValue = withJson({ big: "x".repeat(10_000_000) });

/** Valid data. It must be stored and read back unchanged. */
export const data: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 800, arbitrary: objectOf(json).map(withJson) },
  { weight: 1, arbitrary: fc.constant(tenMegabytes) },
  { weight: 20, arbitrary: fc.constantFrom(2, 100, 999, 1_000).map((levels) => withJson(nested(levels))) },
  { weight: 20, arbitrary: objectOf(leaf).map((object) => withJson(Object.setPrototypeOf(object, null))) },
  { weight: 20, arbitrary: objectOf(leaf).map((object) => withJson(new Proxy(object, {}))) },
  { weight: 20, arbitrary: json.map((value) => ({ value: changing(value), json: JSON.stringify({ value }) })) },
  { weight: 20, arbitrary: fc.constant(withJson({ present: 1, absent: undefined })) },
);

/** Valid metadata, or none. */
export const metadata: fc.Arbitrary<JsonValue | undefined> = fc.option(objectOf(text).map(withJson), {
  nil: undefined,
});

/** Returns an object with a getter that returns another value on each read. The store must use only the first value. */
function changing(value: unknown): object {
  let readings = 0;
  return {
    get value(): unknown {
      return ++readings === 1 ? value : () => readings;
    },
  };
}

/** Creates a hostile value. Generators return such functions, because even inspecting some of the values throws. */
export type MakeValue = () => unknown;

/** Invalid data: values that JSON would lose or change, or that cannot be read. */
export const invalidData: fc.Arbitrary<MakeValue> = fc.oneof(
  fc.constantFrom<MakeValue>(
    () => null,
    () => 0,
    () => "text",
    () => true,
    () => 1n,
    () => Symbol("symbol"),
    () => [],
    noop,
    cycle,
    throwing,
    revoked,
    () => nested(1_001),
  ),
  fc
    .constantFrom<MakeValue>(
      noop,
      () => 1n,
      () => Symbol("symbol"),
      () => Number.NaN,
      () => Number.POSITIVE_INFINITY,
      () => new Date(0),
      () => new Map([[1, 2]]),
      () => new Uint8Array(3),
      () => /x/,
      () => new Error("an error"),
      () => Promise.resolve(),
      () => [undefined],
      () => new Array(1_000_000_000),
      () => ({ [Symbol("key")]: 1 }),
      () => nested(1_001),
      cycle,
      throwing,
      revoked,
      () => new Proxy({}, { getPrototypeOf: fail }),
      () => new Proxy({}, { ownKeys: fail }),
      () => new Proxy({ x: 1 }, { get: fail }),
    )
    .map((make) => () => ({ before: 1, invalid: make() })),
);

/** Values of any kind. */
export const anything: fc.Arbitrary<MakeValue> = fc.oneof(
  fc.oneof(leaf, json).map((value) => () => value),
  fc.constantFrom<MakeValue>(
    () => undefined,
    () => Number.NaN,
    () => Number.POSITIVE_INFINITY,
    () => 2 ** 53,
    () => -1,
    () => 1.5,
    () => 1n,
    () => Symbol("symbol"),
    () => new Date(0),
    () => [],
    () => new Map(),
    noop,
    cycle,
    throwing,
    revoked,
    () => ({ toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }),
    () => new Proxy({}, { get: fail, getPrototypeOf: fail, ownKeys: fail, has: fail }),
    () => new Proxy([], { get: fail }),
    () => ({ constructor: throwing() }),
    () => Object.create({ constructor: { name: Symbol("name") } }),
    () =>
      Object.create({
        get constructor(): never {
          return fail();
        },
      }),
  ),
);

/** Values of any kind, except `undefined` and those for which `isExcluded` returns true. */
export function anythingBut(isExcluded: (value: unknown) => boolean): fc.Arbitrary<MakeValue> {
  return anything.filter((make) => make() !== undefined && !isExcluded(make()));
}

/** Values that are not valid names: the empty text, malformed text, and values that are not text. */
export const invalidName: fc.Arbitrary<MakeValue> = fc.oneof(
  fc.oneof(fc.constant(""), loneSurrogate).map((value) => () => value),
  anythingBut((value) => typeof value === "string"),
);

/** Values that are not valid versions. */
export const invalidVersion: fc.Arbitrary<MakeValue> = fc.oneof(
  fc
    .constantFrom<unknown>(
      0,
      -1,
      -0,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      -(2 ** 53),
      1e300,
      1n,
      "1",
      null,
    )
    .map((value) => () => value),
  anythingBut((value) => Number.isSafeInteger(value) && (value as number) >= 1),
);

function noop(): () => void {
  return () => {};
}

function cycle(): object {
  const value: Record<string, unknown> = {};
  value.itself = [value];
  return value;
}

function throwing(): object {
  return Object.defineProperty({}, "trap", { enumerable: true, get: fail });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function fail(): never {
  throw new Error("hostile");
}
