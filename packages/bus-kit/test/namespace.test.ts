import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { checkNamespace, checkPattern, MAX_NAMESPACE_BYTES, MAX_NAMESPACE_TOKENS } from "../src/index.ts";

const tokens = (count: number): string => Array.from({ length: count }, () => "t").join(".");
const reasonOf = (check: (name: unknown) => void, name: unknown): string | undefined => {
  try {
    check(name);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "AETHER_INVALID_NAMESPACE", name: "InvalidNamespaceError" });
    return (error as { reason: string }).reason;
  }
};

const valid = [
  "a",
  "tenant-a.orders",
  "Ümläut.注文.💥",
  "$JS.API.STREAM.DELETE.x",
  "_INBOX.x",
  "__proto__.constructor",
  "a=b%c/d\\e\"f'g~h@i",
  "x".repeat(MAX_NAMESPACE_BYTES),
  "é".repeat(127),
  tokens(MAX_NAMESPACE_TOKENS),
];

const invalid: readonly (readonly [unknown, string])[] = [
  ["", "is empty"],
  [".", "empty token"],
  [".a", "empty token"],
  ["a.", "empty token"],
  ["a..b", "empty token"],
  ["a b", "white space"],
  ["a\tb", "white space"],
  ["a\u00a0b", "white space"],
  ["a\u2028b", "white space"],
  ["\ufeffa", "white space"],
  ["a\r\nPUB x 1\r\n", "white space or a control character"],
  ["a\u0000", "control character"],
  ["a\u007f", "control character"],
  ["a\u0085", "control character"],
  ["\ud800", "lone surrogate"],
  ["a.\udc00b", "lone surrogate"],
  ["x".repeat(MAX_NAMESPACE_BYTES + 1), "longer than 255 bytes"],
  ["é".repeat(128), "longer than 255 bytes"],
  ["x".repeat(10_000_000), "longer than 255 bytes"],
  [tokens(MAX_NAMESPACE_TOKENS + 1), "more than 16 tokens"],
  ["a*", "wildcard"],
  ["*a.b", "wildcard"],
  ["a>b", "wildcard"],
  [">>", "wildcard"],
  [undefined, "must be a string, but is undefined"],
  [null, "must be a string, but is null"],
  [7, "must be a string, but is number"],
  [Symbol("x"), "must be a string, but is symbol"],
  [{ toString: () => "a" }, "must be a string, but is object"],
];

describe.each([
  ["a namespace", checkNamespace as (name: unknown) => void],
  ["a pattern", checkPattern as (name: unknown) => void],
])("%s", (_, check) => {
  test.each(valid.map((name) => [name]))("may be %j", (name) => expect(reasonOf(check, name)).toBeUndefined());

  test.each(invalid)("may not be %j", (name, reason) => expect(reasonOf(check, name)).toContain(reason));
});

test.each(["*", ">", "a.*", "a.>", "*.*.>", "*.b.*"])("%j is a pattern but not a namespace", (pattern) => {
  expect(reasonOf(checkPattern, pattern)).toBeUndefined();
  expect(reasonOf(checkNamespace, pattern)).toContain("wildcard, which only patterns may have");
});

test.each([">.a", "a.>.b", ">.>"])("%j is not a pattern: only the last token may be >", (pattern) => {
  expect(reasonOf(checkPattern, pattern)).toContain('">" before its end');
});

test("the limit of a namespace applies to its bytes in UTF-8", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "注", "💥"), minLength: 50, maxLength: 150 });
  fc.assert(
    fc.property(text, (name) => {
      const isTooLong = new TextEncoder().encode(name).length > MAX_NAMESPACE_BYTES;
      expect(reasonOf(checkNamespace, name)?.includes("longer than 255 bytes") ?? false).toBe(isTooLong);
    }),
  );
});

test("a namespace can be checked without TextEncoder", () => {
  vi.stubGlobal("TextEncoder", undefined);
  expect(reasonOf(checkNamespace, "Ümläut.注文.💥")).toBeUndefined();
  vi.unstubAllGlobals();
});

test("a valid namespace has no white space, wildcards or lone surrogates, and is also a valid pattern", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("a", ".", "*", ">", " ", "\ud800", "é") }),
  );
  fc.assert(
    fc.property(text, (name) => {
      if (reasonOf(checkNamespace, name) !== undefined) return;
      expect(reasonOf(checkPattern, name)).toBeUndefined();
      for (const token of name.split(".")) {
        expect(token).toMatch(/^[^\s*>.]+$/u);
        expect(token.isWellFormed()).toBe(true);
      }
    }),
  );
});
