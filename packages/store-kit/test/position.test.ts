import { isAetherError, type Position } from "@aether/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPosition, isSamePlace, parsePosition, recordStamp } from "../src/index.ts";

const sequences = fc.oneof(fc.maxSafeNat(), fc.nat(20), fc.constant(Number.MAX_SAFE_INTEGER));
const indices = fc.oneof(fc.nat(9_999_999), fc.nat(20));
const stamps = fc.oneof(fc.string(), fc.uint8Array(), fc.constant(undefined)).map((record) => recordStamp(record));
const incarnations = fc.stringMatching(/^[0-9a-z]{1,32}$/);
const positions = fc.record({ sequence: sequences, index: indices, incarnation: incarnations, stamp: stamps });

test("parsing a position returns the parts that it was formatted from", () => {
  fc.assert(
    fc.property(positions, (parts) => {
      const position = formatPosition(parts);
      expect(parsePosition(position, "after")).toEqual(parts);
      expect(JSON.parse(JSON.stringify({ position }))).toEqual({ position });
    }),
  );
});

test("positions of a store sort by sequence, then by index, whatever their stamps are", () => {
  fc.assert(
    fc.property(positions, positions, fc.boolean(), (left, other, isSameRecord) => {
      const right = { ...other, sequence: isSameRecord ? left.sequence : other.sequence };
      const difference = left.sequence - right.sequence || left.index - right.index;
      fc.pre(difference !== 0);
      expect(formatPosition(left) < formatPosition(right)).toBe(difference < 0);
      expect(formatPosition(left) > formatPosition(right)).toBe(difference > 0);
    }),
  );
});

test("a position needs only a sequence", () => {
  const position = formatPosition({ sequence: 7 });
  expect(parsePosition(position, "after")).toEqual({
    sequence: 7,
    index: 0,
    incarnation: "0",
    stamp: recordStamp(undefined),
  });
  expect(position < formatPosition({ sequence: 7, index: 1 })).toBe(true);
});

test.each<[unknown]>([
  [undefined],
  [null],
  [7],
  [{}],
  [["0000000000000007-0000000-k3v9-5"]],
  [""],
  ["7"],
  ["latest"],
  ["0000000000000007"],
  ["0000000000000007-0000000"],
  ["000000000000007-0000000-k3v9-5"],
  ["00000000000000007-0000000-k3v9-5"],
  ["0000000000000007-000000-k3v9-5"],
  ["0000000000000007-0000000--5"],
  ["0000000000000007-0000000-K3V9-5"],
  [`0000000000000007-0000000-${"k".repeat(33)}-5`],
  ["0000000000000007-0000000-k3v9-"],
  ["0000000000000007-0000000-k3v9-y"],
  ["0000000000000007-0000000-k3v9-12345678901"],
  ["-000000000000007-0000000-k3v9-5"],
  ["0000000000000007-0000000-k3v9-5 "],
  ["0000000000000007-0000000-k3v9-5\n"],
  ["9007199254740992-0000000-k3v9-5"],
  ["٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٧-0000000-k3v9-5"],
])("%j is not a position", (value) => {
  const invalid = catching(() => parsePosition(value, "options.after"));
  expect(isAetherError(invalid, "AETHER_INVALID_ARGUMENT") && invalid.argument).toBe("options.after");
});

test("the stamps of an event, of malformed bytes and of no record are different", () => {
  const text = "a-1";
  const stamps = [recordStamp(text), recordStamp(new TextEncoder().encode(text)), recordStamp(undefined)];
  expect(new Set(stamps).size).toBe(3);
  expect(recordStamp("a-2")).not.toBe(recordStamp("a-1"));
  expect(recordStamp("a-1")).toBe(recordStamp(text));
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test("positions are from the same place if they have the same incarnation", () => {
  const at = (sequence: number, incarnation?: string) =>
    formatPosition(incarnation === undefined ? { sequence } : { sequence, incarnation });
  expect(isSamePlace(at(1, "k3v9"), at(2, "k3v9"))).toBe(true);
  expect(isSamePlace(at(1, "k3v9"), at(1, "k3v8"))).toBe(false);
  expect(isSamePlace(at(1), at(2))).toBe(false);
  expect(isSamePlace("7" as Position, "7" as Position)).toBe(false);
});
