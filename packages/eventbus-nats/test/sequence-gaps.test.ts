import { expect, test } from "vitest";
import { SequenceGaps } from "../src/receive/sequence-gaps.ts";

const gapsOf = (gaps: SequenceGaps, sequences: readonly number[], subject = "a"): readonly (number | undefined)[] =>
  sequences.map((sequence) => gaps.missedBefore("bus-1", subject, sequence));

test("counts messages missing between two others, but not before the first", () => {
  expect(gapsOf(new SequenceGaps(), [7, 8, 9, 12, 13, 20])).toEqual([0, 0, 0, 2, 0, 6]);
});

test("an overtaken message is late, and counted once", () => {
  expect(gapsOf(new SequenceGaps(), [7, 10, 8, 9, 10, 11])).toEqual([0, 2, undefined, undefined, undefined, 0]);
});

test("publishers and subjects are counted separately", () => {
  const gaps = new SequenceGaps();
  expect(gapsOf(gaps, [1], "a")).toEqual([0]);
  expect(gapsOf(gaps, [5], "b")).toEqual([0]);
  expect(gaps.missedBefore("bus-2", "a", 9)).toBe(0);
  expect(gapsOf(gaps, [3], "a")).toEqual([1]);
});

test("beyond the limit, the first namespace is forgotten", () => {
  const gaps = new SequenceGaps();
  for (let at = 0; at <= 100_000; at++) gaps.missedBefore("bus-1", `s${at}`, 1);
  expect(gaps.missedBefore("bus-1", "s100000", 4)).toBe(2);
  expect(gaps.missedBefore("bus-1", "s0", 4)).toBe(0);
});

test("the limit is shared by all publishers, and the oldest publisher is forgotten first", () => {
  const gaps = new SequenceGaps();
  const record = (sequence: number, from: number, to: number): readonly (number | undefined)[] => {
    const missed = new Set<number | undefined>();
    for (let bus = from; bus < to; bus++) {
      for (let at = 0; at < 500; at++) missed.add(gaps.missedBefore(`bus-${bus}`, `s${at}`, sequence));
    }
    return [...missed];
  };
  record(1, 0, 201);
  expect(record(4, 1, 201)).toEqual([2]);
  expect(record(4, 0, 1)).toEqual([0]);
  // When bus-0 was recorded again, the next oldest publisher was forgotten.
  expect(record(9, 1, 2)).toEqual([0]);
  expect(record(9, 3, 201)).toEqual([4]);
});
