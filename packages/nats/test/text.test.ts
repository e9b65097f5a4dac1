import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText, decodeUtf8, encodeJson, encodeText } from "../src/text.ts";

test("encodeText gives each text its own bytes, for all lengths and scripts", () => {
  const scripts = fc.constantFrom("a", "é", "注", "💥");
  const texts = fc.array(fc.tuple(scripts, fc.integer({ min: 0, max: 9_000 })), { maxLength: 40 });
  fc.assert(
    fc.property(texts, (parts) => {
      const wanted = parts.map(([script, length]) => script.repeat(length));
      const encoded = wanted.map(encodeText);
      expect(encoded.map(decodeUtf8).every((text, at) => text === wanted[at])).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe("JSON", () => {
  test("is encoded after another text", () =>
    expect(decodeUtf8(encodeJson({ a: "é" }, "head ") as Uint8Array)).toBe('head {"a":"é"}'));

  test("that is too long for a text of JavaScript has only a size", () => {
    const half = "x".repeat(2 ** 28);
    expect(encodeJson({ half, other: half })).toEqual({ sizeBytes: 536_870_888 });
  });

  test("is not made of a value that throws", () => {
    const foreign = new Error("foreign");
    const toJSON = (): never => {
      throw foreign;
    };
    expect(() => encodeJson({ toJSON })).toThrow(foreign);
  });
});

describe("bytes that are not UTF-8", () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0x62);

  test("are replaced by decodeText", () => expect(decodeText(bytes)).toBe("a\ufffdb"));

  test("are rejected by decodeUtf8", () => expect(() => decodeUtf8(bytes)).toThrow(TypeError));
});

test("decodeUtf8 keeps a byte order mark", () =>
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa"));
