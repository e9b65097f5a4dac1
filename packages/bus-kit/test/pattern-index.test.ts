import fc from "fast-check";
import { expect, test } from "vitest";
import { PatternIndex } from "../src/index.ts";

interface Entry {
  readonly pattern: string;
}

/** Another implementation of the NATS matching rules, for one pattern and one namespace, token by token. */
function matches(pattern: string, namespace: string): boolean {
  const [patternTokens, tokens] = [pattern.split("."), namespace.split(".")];
  if (patternTokens.at(-1) === ">") {
    const fixed = patternTokens.slice(0, -1);
    return tokens.length > fixed.length && matchesEach(fixed, tokens.slice(0, fixed.length));
  }
  return matchesEach(patternTokens, tokens);
}

function matchesEach(patternTokens: readonly string[], tokens: readonly string[]): boolean {
  return (
    patternTokens.length === tokens.length && patternTokens.every((token, at) => token === "*" || token === tokens[at])
  );
}

const literal = fc.constantFrom("a", "b", "c", "__proto__", "constructor");
const namespaces = fc.array(literal, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join("."));
const patterns = fc
  .tuple(fc.array(fc.oneof(literal, fc.constant("*")), { maxLength: 4 }), fc.constantFrom("*", ">", "a", "b"))
  .map(([tokens, last]) => [...tokens, last].join("."));

test.each([
  ["a", ["a"], ["b", "a.a", "A"]],
  ["*", ["a", "b"], ["a.b"]],
  [">", ["a", "a.b", "a.b.c"], []],
  ["a.>", ["a.b", "a.b.c"], ["a", "b.a"]],
  ["a.*", ["a.b", "a.c"], ["a", "a.b.c", "b.b"]],
  ["*.b.>", ["a.b.c", "c.b.d.e"], ["a.b", "a.c.b"]],
])("%s matches %j and not %j", (pattern, yes, no) => {
  const index = new PatternIndex<Entry>();
  index.set(pattern, { pattern });
  for (const namespace of yes) expect(index.match(namespace)).toEqual([{ pattern }]);
  for (const namespace of no) expect(index.match(namespace)).toEqual([]);
});

test("returns the same values as a scan of all patterns, even after patterns were deleted", () => {
  fc.assert(
    fc.property(fc.uniqueArray(patterns), fc.array(patterns), fc.array(namespaces), (kept, deleted, asked) => {
      const index = new PatternIndex<Entry>();
      for (const pattern of kept) index.set(pattern, { pattern });
      for (const pattern of deleted) index.delete(pattern);
      const left = kept.filter((pattern) => !deleted.includes(pattern));
      for (const namespace of asked) {
        const found = index.match(namespace).map(({ pattern }) => pattern);
        expect(found.sort()).toEqual(left.filter((pattern) => matches(pattern, namespace)).sort());
      }
      for (const pattern of left) {
        expect(index.isEmpty).toBe(false);
        index.delete(pattern);
      }
      expect(index.isEmpty).toBe(true);
    }),
  );
});

test("replaces the value of a pattern that is set again", () => {
  const index = new PatternIndex<{ readonly n: number }>();
  index.set("a.>", { n: 1 });
  index.set("a.>", { n: 2 });
  expect(index.match("a.b")).toEqual([{ n: 2 }]);
});

test("is at least 50 times as fast as a scan of 10,000 patterns", () => {
  const all = Array.from({ length: 10_000 }, (_, at) => {
    const tenant = `tenant-${at % 500}`;
    return [`${tenant}.orders.${at}`, `${tenant}.*.shipped-${at}`, `*.orders.${at}`, `${tenant}.topic-${at}.>`][at % 4];
  }) as string[];
  const index = new PatternIndex<Entry>();
  for (const pattern of all) index.set(pattern, { pattern });
  const asked = Array.from({ length: 100 }, (_, at) => `tenant-${at * 5}.orders.${at * 100}`);
  const timed = (work: (namespace: string) => number): { readonly ms: number; readonly found: number } => {
    const begin = performance.now();
    const found = asked.reduce((sum, namespace) => sum + work(namespace), 0);
    return { ms: performance.now() - begin, found };
  };
  const scan = timed((namespace) => all.filter((pattern) => matches(pattern, namespace)).length);
  timed((namespace) => index.match(namespace).length);
  const indexed = timed((namespace) => index.match(namespace).length);
  expect(indexed.found).toBe(scan.found);
  expect(scan.found).toBeGreaterThan(0);
  expect(scan.ms / indexed.ms).toBeGreaterThan(50);
});
