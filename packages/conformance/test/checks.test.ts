import { InvalidEventError, StoreClosedError, VersionConflictError } from "@aether/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  check,
  checkFrozen,
  checkRejects,
  checkRejectsWith,
  checkThrows,
  checkThrowsWith,
  outcomeOf,
} from "../src/checks/check.ts";
import { ConformanceError } from "../src/checks/conformance-error.ts";
import { difference, unfrozenPart } from "../src/checks/difference.ts";
import { show } from "../src/checks/show.ts";

describe("difference", () => {
  test("is undefined for a JSON value and its copy", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => difference(value, structuredClone(value)) === undefined));
  });

  test("is a path for JSON values with different texts", () => {
    const text = (value: unknown): string => JSON.stringify(value);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 1 }), fc.jsonValue({ maxDepth: 1 }), (left, right) => {
        fc.pre(text(left) !== text(right) && !Object.is(left, -0) && !Object.is(right, -0));
        const sorted = (value: unknown) =>
          typeof value === "object" && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).sort())
            : value;
        return (difference(left, right) === undefined) === (text(sorted(left)) === text(sorted(right)));
      }),
    );
  });

  test.each([
    [1, "1", ""],
    [null, {}, ""],
    [[], {}, ""],
    [{}, new Date(0), ""],
    [new Date(0), new Date(0), ""],
    [new Map(), new Map(), ""],
    [{ a: 1 }, {}, ".a"],
    [{}, { a: undefined }, ".a"],
    [[1], [1, undefined], "[1]"],
    [{ a: [{ b: 1 }, { b: 2 }] }, { a: [{ b: 1 }, { b: 3 }] }, ".a[1].b"],
    [{ "a b": [{ 0: 1 }] }, { "a b": [{ 0: 2 }] }, '["a b"][0]["0"]'],
    [JSON.parse('{"__proto__":{"x":1}}'), {}, ".__proto__"],
    [JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":2}}'), ".__proto__.x"],
  ])("of %j and %j is at %j", (left, right, path) => {
    expect(difference(left, right)?.path).toBe(path);
    expect(difference(right, left)?.path).toBe(path);
  });

  test.each([
    [0, -0],
    [Number.NaN, Number.NaN],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ])("of %j and %j is undefined", (left, right) => {
    expect(difference(left, right)).toBeUndefined();
  });
});

test("unfrozenPart returns the path to the first part that is not frozen", () => {
  expect(unfrozenPart("text")).toBeUndefined();
  expect(unfrozenPart({})).toBe("");
  expect(unfrozenPart(Object.freeze({ a: Object.freeze([1, {}]) }))).toBe(".a[1]");
  expect(unfrozenPart(Object.freeze({ a: Object.freeze([1, Object.freeze({})]) }))).toBeUndefined();
});

describe("show", () => {
  test.each([
    [undefined, "undefined"],
    [-0, "-0"],
    [1n, "1n"],
    ["a\nb", '"a\\nb"'],
    [Symbol("s"), "Symbol(s)"],
    [function named() {}, "[function named]"],
    [{ a: [1, null], "b c": {} }, '{ a: [1, null], "b c": {} }'],
    [new Date(0), "[Date]"],
    [new Uint8Array(1), "[Uint8Array]"],
    [new StoreClosedError(), "StoreClosedError (AETHER_STORE_CLOSED): the store is closed; open another one"],
    [Array.from({ length: 30 }, () => 0), `[${"0, ".repeat(20)}... 30 in total]`],
  ])("formats %o", (value, text) => {
    expect(show(value)).toBe(text);
  });

  test("escapes texts that look the same", () => {
    expect(show("\u00e9")).toBe('"\u00e9"');
    expect(show("e\u0301")).toBe('"e\\u0301"');
    expect(show("\u1100\u1161")).toBe('"\\u1100\\u1161"');
    expect(show("a\u200bb\u00a0\u202e")).toBe('"a\\u200bb\\u00a0\\u202e"');
    expect(show({ "e\u0301": "\u{1F4A5} \u{E0001}" })).toBe('{ "e\\u0301": "\u{1F4A5} \\udb40\\udc01" }');
  });

  test("shortens cycles and long values", () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(show(cycle)).toContain("...");
    expect(show("x".repeat(10_000)).length).toBeLessThan(1_000);
    expect(show({ deep: "x".repeat(10_000) }).length).toBeLessThan(1_000);
  });

  test("formats any value", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => show(value) !== ""),
    );
  });
});

describe("ConformanceError", () => {
  const broken = { guarantee: "ids are kept", given: { id: "x" }, expected: [{ id: "x" }], actual: [{ id: "y" }] };

  test("has a message with the guarantee, the input, the expected and actual behaviour, and the difference", () => {
    expect(new ConformanceError(broken).message).toBe(
      [
        "ids are kept",
        '  given:    { id: "x" }',
        '  expected: [{ id: "x" }]',
        '  actual:   [{ id: "y" }]',
        '  differs at [0].id: expected "x", actual "y"',
      ].join("\n"),
    );
    const missing = new ConformanceError({ ...broken, actual: [{}] });
    expect(missing.message).toContain('differs at [0].id: expected "x", actual nothing');
  });

  test("shows the first difference of long arrays and texts only", () => {
    const event = (version: number, more = {}) => ({ id: `a#${version}`, version, ...more });
    const all = Array.from({ length: 1_001 }, (_, index) => event(index + 1));
    const versions = all.map(({ version }) => version);
    const shown = (expected: unknown, actual: unknown) => {
      const error = new ConformanceError({ guarantee: "p", given: 1, expected, actual });
      expect(JSON.stringify([error.expected, error.actual]).length).toBeLessThan(600);
      expect(error.message.length).toBeLessThan(1_500);
      return { expected: error.expected, actual: error.actual };
    };
    expect(shown(versions, versions.slice(0, 1_000))).toEqual({ expected: "[1-1001]", actual: "[1-1000]" });
    expect(
      shown(
        versions.toReversed(),
        versions.filter((version) => version !== 500),
      ),
    ).toEqual({
      expected: "[1001-1]",
      actual: "[1-499, 501-1001]",
    });
    expect(shown(all, all.with(700, event(701, { more: true })))).toEqual({
      expected: { length: 1_001, "[700]": event(701) },
      actual: { length: 1_001, "[700]": event(701, { more: true }) },
    });
    expect(shown(all, all.slice(0, 1_000))).toEqual({
      expected: { length: 1_001, "[1000]": event(1_001) },
      actual: { length: 1_000 },
    });
    const text = "0123456789".repeat(10_000);
    expect(shown({ text }, { text: `${text.slice(0, 50_000)}X${text.slice(50_001)}` })).toEqual({
      expected: { text: expect.stringMatching(/^0123.*\(from character 49940 of 100000\)$/) },
      actual: { text: expect.stringContaining("9X1") },
    });
  });

  test("has the fields that test runners show as a diff", () => {
    const error = new ConformanceError({ ...broken, cause: "why" });
    expect(error).toMatchObject({ ...broken, name: "ConformanceError", code: "ERR_ASSERTION", cause: "why" });
    expect(new ConformanceError(broken)).not.toHaveProperty("cause");
  });
});

describe("checks", () => {
  const conflict = new VersionConflictError({ actorId: "a", attemptedVersion: 1, currentVersion: 2 });
  const rejected = (reason: unknown): Promise<unknown> => Promise.reject(reason);

  test("check throws unless the values are equal", () => {
    expect(() => check("p", { given: 1, expected: { a: 1 }, actual: { a: 1 } })).not.toThrow();
    expect(() => check("p", { given: 1, expected: { a: 1 }, actual: { a: 2 } })).toThrow(ConformanceError);
  });

  test("checkFrozen names the part that is not frozen", () => {
    expect(() => checkFrozen("p", 1, Object.freeze({ a: Object.freeze([]) }))).not.toThrow();
    expect(() => checkFrozen("p", 1, Object.freeze({ a: [] }))).toThrow('"a is not frozen"');
    expect(() => checkFrozen("p", 1, {})).toThrow('"the value itself is not frozen"');
  });

  test("checkRejects returns the expected error", async () => {
    const expected = { code: "AETHER_VERSION_CONFLICT", currentVersion: 2 } as const;
    await expect(checkRejects("p", 1, rejected(conflict), expected)).resolves.toBe(conflict);
  });

  test.each([
    ["a call that resolves", () => Promise.resolve(1), { resolvedTo: 1 }],
    [
      "another code",
      () => rejected(new StoreClosedError()),
      { code: "AETHER_STORE_CLOSED", currentVersion: undefined },
    ],
    ["another field", () => rejected(conflict), { code: "AETHER_VERSION_CONFLICT", currentVersion: 2 }],
    [
      "an object that only looks like the error",
      () => rejected({ code: "AETHER_VERSION_CONFLICT", currentVersion: 3 }),
      expect.anything(),
    ],
  ])("checkRejects throws for %s", async (_, call, actual) => {
    const expected = { code: "AETHER_VERSION_CONFLICT", currentVersion: 3 } as const;
    const seen = checkRejects("p", "input", call(), expected);
    await expect(seen).rejects.toMatchObject({
      name: "ConformanceError",
      guarantee: "p",
      given: "input",
      expected,
      actual,
    });
  });

  test("checkRejects accepts a path with unnecessary quotes", async () => {
    const error = new InvalidEventError({ path: 'metadata["traceId"][0]["a b"]', reason: "is bad" });
    const expected = { code: "AETHER_INVALID_EVENT", path: 'metadata.traceId[0]["a b"]' } as const;
    await expect(checkRejects("p", 1, rejected(error), expected)).resolves.toBe(error);
  });

  test("checkRejectsWith accepts only the very same reason", async () => {
    const reason = new Error("enough");
    await expect(checkRejectsWith("p", 1, rejected(reason), reason)).resolves.toBeUndefined();
    await expect(checkRejectsWith("p", 1, rejected(undefined), undefined)).resolves.toBeUndefined();
    await expect(checkRejectsWith("p", 1, rejected(new Error("enough")), reason)).rejects.toBeInstanceOf(
      ConformanceError,
    );
    await expect(checkRejectsWith("p", 1, Promise.resolve(reason), reason)).rejects.toBeInstanceOf(ConformanceError);
  });

  test("checkThrows and checkThrowsWith check the error that is thrown synchronously", () => {
    const throwing = (error: unknown) => (): never => {
      throw error;
    };
    const expected = { code: "AETHER_VERSION_CONFLICT", currentVersion: 2 } as const;
    expect(() => checkThrows("p", 1, throwing(conflict), expected)).not.toThrow();
    expect(() => checkThrows("p", 1, throwing(new StoreClosedError()), expected)).toThrow(ConformanceError);
    expect(() => checkThrows("p", 1, throwing(new Error("x")), expected)).toThrow(ConformanceError);
    expect(() => checkThrows("p", 1, () => 7, expected)).toThrow("{ returned: 7 }");
    expect(() => checkThrowsWith("p", 1, throwing("x"), "x")).not.toThrow();
    expect(() => checkThrowsWith("p", 1, throwing("y"), "x")).toThrow(ConformanceError);
    expect(() => checkThrowsWith("p", 1, () => "x", "x")).toThrow(ConformanceError);
    const broken = new ConformanceError({ guarantee: "p", given: 1, expected: 1, actual: 2 });
    expect(() => checkThrows("p", 1, throwing(broken), expected)).toThrow(broken);
  });

  test("outcomeOf rejects with the ConformanceError of an instrumented call", async () => {
    const broken = new ConformanceError({ guarantee: "p", given: 1, expected: 1, actual: 2 });
    await expect(outcomeOf(rejected(broken))).rejects.toBe(broken);
    await expect(outcomeOf(rejected("x"))).resolves.toEqual({ status: "rejected", reason: "x" });
  });
});
