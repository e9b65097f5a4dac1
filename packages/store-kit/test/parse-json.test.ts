import { isAetherError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { parseJson } from "../src/index.ts";

function thrownBy(text: string): unknown {
  try {
    parseJson(text);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("parseJson", () => {
  test.each([
    "9007199254740993",
    "-9007199254740993",
    "18446744073709551615",
    '{"n":9007199254740993}',
    '{"a\\"b":"\\\\","n":[1,9007199254740993]}',
    `{"big":1${"0".repeat(400)}}`,
    "12345678901234567",
  ])("rejects %s, which contains an integer that JavaScript would change", (text) => {
    const error = thrownBy(text);
    expect(isAetherError(error, "AETHER_INVALID_EVENT") && error.reason).toMatch(/\d{16}.* represent/s);
  });

  test("rejects text that is not JSON", () => {
    expect(thrownBy('{"id":')).toMatchObject({ code: "AETHER_INVALID_EVENT", path: "" });
  });

  test.each([
    "9007199254740992",
    "18446744073709551616",
    "[9007199254740991,-9007199254740991,0]",
    '{"text":"9007199254740993","9007199254740993":"\\"9007199254740993"}',
    '["\\\\",9007199254740992,"\\\\\\"9007199254740993"]',
    "0.12345678901234567890",
    "12345678901234567890.5",
    "1e-1234567890123456",
    "1.2345678901234567890e3",
    `"${"1".repeat(1_000_000)}"`,
    `"${'\\"'.repeat(300_000)} 9007199254740993"`,
  ])("accepts %.60s", (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  test("accepts each finite number as JavaScript writes it", () => {
    const bits = new DataView(new ArrayBuffer(8));
    for (let round = 0; round < 20_000; round++) {
      bits.setUint32(0, Math.random() * 2 ** 32);
      bits.setUint32(4, Math.random() * 2 ** 32);
      for (const number of [
        bits.getFloat64(0),
        Math.trunc((Math.random() - 0.5) * 2 ** (round % 80)),
        2 ** (round % 1_024),
      ]) {
        if (!Number.isFinite(number)) continue;
        expect(parseJson(JSON.stringify({ number }))).toEqual({ number: number === 0 ? 0 : number });
      }
    }
  });
});
