import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { actorSubject, MAX_SUBJECT_BYTES, streamNameFor, subjectFlaw } from "../src/subjects.ts";

const hostile = [
  "a.b",
  "a_b",
  "a b",
  "a=2Eb",
  "a%2Eb",
  "*",
  ">",
  "a.>",
  "$JS.API.STREAM.DELETE.x",
  "_INBOX.x",
  "-",
  "--",
  "~",
  "a~b",
  "order-1",
  "order-1-2",
  "order_1",
  "é",
  "e\u0301",
  "💥",
  "a\r\nPUB x 1\r\n",
  "\u0000",
  "\u202e",
  "__proto__",
];
const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, unit: "grapheme" }));

describe("actorSubject", () => {
  test("has the type before the id, and a type that no id can spell where there is none", () => {
    expect(actorSubject("ES", "order-1-2")).toBe("ES.events.order.order-1-2");
    expect(actorSubject("ES", "src/a.ts")).toBe("ES.events.~.src=2Fa=2Ets");
    expect(actorSubject("ES", "-x")).toBe("ES.events.~.-x");
    expect(actorSubject("ES", "a.b-c")).toBe("ES.events.a=2Eb.a=2Eb-c");
  });

  test("different actors have different subjects, of four tokens without wildcards", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const subject = actorSubject("ES", a);
        expect(subject).toMatch(/^ES\.events\.([A-Za-z0-9_=-]+|~)\.[A-Za-z0-9_=-]+$/);
        expect(subject === actorSubject("ES", b)).toBe(a === b);
      }),
    );
  });

  test("a subject over the limit has a flaw, one of just that length has none", () => {
    const longest = "x".repeat(MAX_SUBJECT_BYTES - "ES.events.~.".length);
    expect(subjectFlaw(actorSubject("ES", longest))).toBeUndefined();
    expect(subjectFlaw(actorSubject("ES", `${longest}x`))).toContain(`${MAX_SUBJECT_BYTES + 1} bytes`);
  });
});

test("different pairs of namespace and stream name never meet", () => {
  const pair = fc.tuple(fc.option(text, { nil: undefined }), text);
  fc.assert(
    fc.property(pair, pair, ([namespaceA, streamA], [namespaceB, streamB]) => {
      const [a, b] = [streamNameFor(streamA, namespaceA), streamNameFor(streamB, namespaceB)];
      expect(a).toMatch(/^[A-Za-z0-9_=~-]+$/);
      expect(a === b).toBe(namespaceA === namespaceB && streamA === streamB);
    }),
  );
});
