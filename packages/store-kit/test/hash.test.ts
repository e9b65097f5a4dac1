import fc from "fast-check";
import { expect, test } from "vitest";
import { hashBytes, hashText } from "../src/hash.ts";

/** Texts with characters of one to four bytes in UTF-8, and with lone surrogates. */
const texts = fc.string({ unit: fc.constantFrom("a", "Z", "\0", "\x7f", "\x80", "é", "\uffff", "💥", "\ud83d") });

/** Test vectors of 32-bit FNV-1a, from the reference code of RFC 9923. */
const vectors = [
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["b", 0xe70c2de5],
  ["c", 0xe60c2c52],
  ["d", 0xe10c2473],
  ["e", 0xe00c22e0],
  ["f", 0xe30c2799],
  ["fo", 0x6222e842],
  ["foo", 0xa9f37ed7],
  ["foob", 0x3f5076ef],
  ["fooba", 0x39aaa18a],
  ["foobar", 0xbf9cf968],
] as const;

test.each(vectors)("the hash of %j", (text, hash) => {
  expect(hashText(text)).toBe(hash);
  expect(hashBytes(new TextEncoder().encode(text))).toBe(hash);
});

test("the hash of a text is the hash of its UTF-8 bytes", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(hashText(text)).toBe(hashBytes(bytes));
      expect(hashText(text)).toBe(plainHash(bytes));
    }),
  );
});

/** The algorithm with integers of any size, as the RFC defines it. */
function plainHash(bytes: Uint8Array): number {
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
}
