import fc from "fast-check";
import { text } from "./texts.ts";

/** Keys that are easy to take for something else. */
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

/** Own properties whatever the key, as `JSON.parse` makes them: `__proto__` is one, too. */
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

/** So many objects and arrays, each in the other. */
function nested(levels: number): Record<string, unknown> {
  let value: unknown = 1;
  for (let level = levels; level > 1; level--) value = level % 2 === 0 ? { deeper: value } : [value];
  return { deeper: value };
}

/** A value, and its JSON. */
export interface Carried {
  readonly value: object;
  readonly json: string;
}

const carried = (value: object): Carried => ({ value, json: JSON.stringify(value) });

/** One for all: what keeps it, keeps it once. */
const tenMegabytes: Carried = carried({ big: "x".repeat(10_000_000) });

/** Data that JSON carries, so that it must be stored, and read back to the letter. */
export const data: fc.Arbitrary<Carried> = fc.oneof(
  { weight: 800, arbitrary: objectOf(json).map(carried) },
  { weight: 1, arbitrary: fc.constant(tenMegabytes) },
  { weight: 20, arbitrary: fc.constantFrom(2, 100, 999, 1_000).map((levels) => carried(nested(levels))) },
  { weight: 20, arbitrary: objectOf(leaf).map((object) => carried(Object.setPrototypeOf(object, null))) },
  { weight: 20, arbitrary: objectOf(leaf).map((object) => carried(new Proxy(object, {}))) },
  { weight: 20, arbitrary: json.map((value) => ({ value: changing(value), json: JSON.stringify({ value }) })) },
  { weight: 20, arbitrary: fc.constant(carried({ present: 1, absent: undefined })) },
);

/** Metadata that is kept. */
export const metadata: fc.Arbitrary<Carried | undefined> = fc.option(objectOf(text).map(carried), { nil: undefined });

/** A getter that gives something else each time it is read: only the first may count. */
function changing(value: unknown): object {
  let readings = 0;
  return {
    get value(): unknown {
      return ++readings === 1 ? value : () => readings;
    },
  };
}

/** Makes a value. Not the value itself: whoever only looks at some of these, such as the generator, falls into a trap. */
export type Make = () => unknown;

/** Data that is refused, because JSON would lose or change it, or because it cannot be read. */
export const noData: fc.Arbitrary<Make> = fc.oneof(
  fc.constantFrom<Make>(
    () => null,
    () => 0,
    () => "text",
    () => true,
    () => 1n,
    () => Symbol("symbol"),
    () => [],
    nothing,
    cycle,
    throwing,
    revoked,
    () => nested(1_001),
  ),
  fc
    .constantFrom<Make>(
      nothing,
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
    .map((make) => () => ({ before: 1, culprit: make() })),
);

/** Anything whatsoever. */
export const anything: fc.Arbitrary<Make> = fc.oneof(
  fc.oneof(leaf, json).map((value) => () => value),
  fc.constantFrom<Make>(
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
    nothing,
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

/** What is defined, but is not this. */
export function anythingBut(isThis: (value: unknown) => boolean): fc.Arbitrary<Make> {
  return anything.filter((make) => make() !== undefined && !isThis(make()));
}

/** What is no version. */
export const noVersion: fc.Arbitrary<Make> = fc.oneof(
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

function nothing(): () => void {
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
