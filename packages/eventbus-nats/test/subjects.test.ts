import { checkNamespace, checkPattern } from "@aether/bus-kit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPrefix, namespaceOf, subjectFor } from "../src/subjects.ts";

const hostile = [
  "$JS.API.STREAM.DELETE.x",
  "$SYS.REQ.SERVER.PING",
  "_INBOX.x",
  "_R_.x",
  "a=2Eb",
  "a%2Eb",
  "a=b",
  "é",
  "e\u0301",
  "💥.注文",
  "~",
  "a/b\\c",
  "{{partition(1)}}",
  "__proto__",
  "a\u200bb",
  "\u202ea",
  "\"'`",
];
const tokens = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }));
const names = fc.array(tokens, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
const wild = fc
  .array(fc.oneof(tokens, fc.constantFrom("*", ">")), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("."));

function passes(check: (name: string) => void, name: string): boolean {
  try {
    check(name);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "AETHER_INVALID_NAMESPACE" });
    return false;
  }
}

test("safe characters are unchanged in a subject; every other byte is hexadecimal", () => {
  expect(subjectFor("aether.events", "tenant-a.Orders_1")).toBe("aether.events.tenant-a.Orders_1");
  expect(subjectFor("p", "a=b.$c.é")).toBe("p.a=3Db.=24c.=C3=A9");
  expect(subjectFor("p", "é.*.>")).toBe("p.=C3=A9.*.>");
});

describe("any string used as", () => {
  test("a namespace is rejected, or has a unique subject of safe tokens under the prefix", () => {
    fc.assert(
      fc.property(names, names, (a, b) => {
        if (!passes(checkNamespace, a)) return;
        const subject = subjectFor("aether.events", a);
        expect(subject).toMatch(/^aether\.events(\.[A-Za-z0-9_=-]+)+$/);
        expect(subject.split(".")).toHaveLength(a.split(".").length + 2);
        expect(namespaceOf("aether.events", subject)).toBe(a);
        if (passes(checkNamespace, b)) expect(subject === subjectFor("aether.events", b)).toBe(a === b);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a pattern is rejected, or matches only subjects under the prefix", () => {
    fc.assert(
      fc.property(wild, (pattern) => {
        if (!passes(checkPattern, pattern)) return;
        expect(subjectFor("aether.events", pattern)).toMatch(
          /^aether\.events(\.([A-Za-z0-9_=-]+|\*))*(\.([A-Za-z0-9_=-]+|\*|>))$/,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test("a pattern, including control characters and lone surrogates, is rejected or stays under the prefix", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        if (passes(checkPattern, text)) expect(subjectFor("p", text)).toMatch(/^p(\.([A-Za-z0-9_=-]+|\*|>))+$/);
      }),
      { numRuns: 1_000 },
    );
  });
});

test("the longest namespace fits into a subject that servers accept", () => {
  const longest = subjectFor("x".repeat(255), "\u{10ffff}".repeat(63));
  expect(longest.length).toBeLessThan(1_100);
});

describe("the prefix", () => {
  test.each(["aether.events", "a", "prod-1.my_app.x"])("can be %j", (prefix) =>
    expect(() => checkPrefix(prefix)).not.toThrow(),
  );

  test.each(["", ".", "a.", ".a", "a..b", "a.*", ">", "a b", "$SYS", "é", "x".repeat(256), 7, null])(
    "cannot be %j",
    (prefix) => {
      const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "options.prefix" });
      expect(() => checkPrefix(prefix)).toThrow(invalid);
    },
  );
});
