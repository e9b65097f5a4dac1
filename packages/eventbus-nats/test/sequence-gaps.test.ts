import { expect, test } from "vitest";
import { Channels } from "../src/channels.ts";
import { SequenceGaps } from "../src/sequence-gaps.ts";

const gapsOf = (gaps: SequenceGaps, sequences: readonly number[], subject = "a"): readonly (number | undefined)[] =>
  sequences.map((sequence) => gaps.missedBefore("bus-1", subject, sequence));

test("what is missing between two messages is counted, what was before the first is not", () => {
  expect(gapsOf(new SequenceGaps(), [7, 8, 9, 12, 13, 20])).toEqual([0, 0, 0, 2, 0, 6]);
});

test("what was overtaken is late, and counted once", () => {
  expect(gapsOf(new SequenceGaps(), [7, 10, 8, 9, 10, 11])).toEqual([0, 2, undefined, undefined, undefined, 0]);
});

test("publishers and subjects are counted apart", () => {
  const gaps = new SequenceGaps();
  expect(gapsOf(gaps, [1], "a")).toEqual([0]);
  expect(gapsOf(gaps, [5], "b")).toEqual([0]);
  expect(gaps.missedBefore("bus-2", "a", 9)).toBe(0);
  expect(gapsOf(gaps, [3], "a")).toEqual([1]);
});

test("of more namespaces than it remembers, it forgets the first", () => {
  const gaps = new SequenceGaps();
  for (let at = 0; at <= 100_000; at++) gaps.missedBefore("bus-1", `s${at}`, 1);
  expect(gaps.missedBefore("bus-1", "s100000", 4)).toBe(2);
  expect(gaps.missedBefore("bus-1", "s0", 4)).toBe(0);
});

test("the bound is one for all publishers: those that were heard of first are forgotten first", () => {
  const gaps = new SequenceGaps();
  const hear = (sequence: number, from: number, to: number): readonly (number | undefined)[] => {
    const missed = new Set<number | undefined>();
    for (let bus = from; bus < to; bus++) {
      for (let at = 0; at < 500; at++) missed.add(gaps.missedBefore(`bus-${bus}`, `s${at}`, sequence));
    }
    return [...missed];
  };
  hear(1, 0, 201);
  expect(hear(4, 1, 201)).toEqual([2]);
  expect(hear(4, 0, 1)).toEqual([0]);
  // That made room for them, at the cost of those that were next.
  expect(hear(9, 1, 2)).toEqual([0]);
  expect(hear(9, 3, 201)).toEqual([4]);
});

test("of more namespaces than a bus remembers, the first begins anew", () => {
  const channels = new Channels("p");
  for (let at = 0; at <= 10_000; at++) channels.get(`n${at}`).sent++;
  expect(channels.get("n10000")).toEqual({ subject: "p.n10000", generation: 1, sent: 1 });
  expect(channels.get("n0")).toEqual({ subject: "p.n0", generation: 2, sent: 0 });
});
