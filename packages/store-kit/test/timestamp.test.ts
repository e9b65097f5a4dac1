import fc from "fast-check";
import { expect, test } from "vitest";
import { isTimestamp } from "../src/index.ts";

test.each([
  "2026-11-24T00:00:00Z",
  "2026-11-24t00:00:00z",
  "2024-02-29T23:59:60.123456789012Z",
  "0000-01-01T00:00:00+00:00",
  "0099-12-31T23:59:59-23:59",
  "2000-02-29T00:00:00.1+14:00",
])("%s is a timestamp", (text) => {
  expect(isTimestamp(text)).toBe(true);
});

test.each([
  "",
  "2026-11-24",
  "2026-11-24T00:00:00",
  "2026-11-24 00:00:00Z",
  "2026-11-24T24:00:00Z",
  "2026-11-24T00:60:00Z",
  "2026-11-24T00:00:61Z",
  "2026-11-24T00:00:00.Z",
  "2026-11-24T00:00:00+24:00",
  "2026-13-01T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2026-11-24T00:00:00Z\n",
  "+02026-11-24T00:00:00Z",
])("%j is not a timestamp", (text) => {
  expect(isTimestamp(text)).toBe(false);
});

test("every date that JavaScript formats is a timestamp", () => {
  const years = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true };
  fc.assert(fc.property(fc.date(years), (date) => isTimestamp(date.toISOString())));
});
