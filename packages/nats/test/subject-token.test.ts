import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeToken, encodeToken } from "../src/subject-token.ts";

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
const oneToken = /^[A-Za-z0-9_=-]+$/;

describe("encodeToken", () => {
  test("keeps letters, digits, - and _, and writes every other byte in hexadecimal", () => {
    expect(encodeToken("Order_1-a")).toBe("Order_1-a");
    expect(encodeToken("a.b c=é")).toBe("a=2Eb=20c=3D=C3=A9");
  });

  test("encodes any text as one token without special characters, and different texts differently", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(encodeToken(a)).toMatch(oneToken);
        expect(encodeToken(a) === encodeToken(b)).toBe(a === b);
      }),
    );
  });
});

test("decodeToken reverses encodeToken, and leaves other text readable", () => {
  fc.assert(
    fc.property(text, (original) => {
      expect(decodeToken(encodeToken(original))).toBe(original);
    }),
  );
  expect(decodeToken(encodeToken("\ufeffa"))).toBe("\ufeffa");
  expect(decodeToken("orders.=C3=A9u")).toBe("orders.éu");
  expect(decodeToken("a=b")).toBe("a=b");
});
