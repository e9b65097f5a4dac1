import { expect, test, vi } from "vitest";
import { inFlight } from "../src/in-flight.ts";
import { compare, median, reaches } from "../src/measure.ts";

test("the median is the middle value, and an empty list has none", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(() => median([])).toThrow(RangeError);
});

test("both sides run in turn after one warm-up run each", async () => {
  const calls: string[] = [];
  const side = (name: string) => ({
    prepare: async () => void calls.push(`prepare ${name}`),
    run: async () => {
      calls.push(name);
      return 1;
    },
  });
  const row = { name: "row", unit: "ops/s", goal: 1, repetitions: 2 };
  const result = await compare({ ...row, ours: side("a"), baseline: side("b") });
  const round = ["prepare a", "a", "prepare b", "b"];
  expect(calls).toEqual([...round, ...round, ...round]);
  expect(result.ratio).toBeGreaterThan(0);
});

test("ratios compare adjacent runs, so that drift in machine speed cancels out", async () => {
  vi.useFakeTimers();
  // The speed differs from round to round. Ours always takes half the time of the adjacent baseline.
  const taking = (milliseconds: readonly number[]) => {
    let round = 0;
    const run = async (): Promise<number> => {
      vi.advanceTimersByTime(milliseconds[round++] ?? 0);
      return 1;
    };
    return { run };
  };
  const row = { name: "row", unit: "ops/s", repetitions: 3 };
  const result = await compare({ ...row, ours: taking([1, 10, 100, 30]), baseline: taking([1, 20, 200, 60]) });
  vi.useRealTimers();
  expect(result.ratio).toBe(2);
  expect(result.spread).toEqual([2, 2]);
  expect(result.ours).toBeCloseTo(1_000 / 30);
});

test("a goal is a lower bound of the ratio, or an upper bound if lower is better", () => {
  expect(reaches({ ratio: 2, goal: 2 })).toBe(true);
  expect(reaches({ ratio: 1.9, goal: 2 })).toBe(false);
  expect(reaches({ ratio: 1.3, goal: 1.3, lowerIsBetter: true })).toBe(true);
  expect(reaches({ ratio: 1.4, goal: 1.3, lowerIsBetter: true })).toBe(false);
});

test("each index runs once, with the given number in flight", async () => {
  let running = 0;
  let highest = 0;
  const seen: number[] = [];
  await inFlight(20, 4, async (index) => {
    highest = Math.max(highest, ++running);
    await Promise.resolve();
    seen.push(index);
    running--;
  });
  expect(highest).toBe(4);
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
