import { expect, test } from "vitest";
import { inFlight } from "../src/in-flight.ts";
import { compare, median, reaches } from "../src/measure.ts";

test("the median is the middle, and of nothing there is none", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(() => median([])).toThrow(RangeError);
});

test("both sides run in turn, after a round that does not count", async () => {
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
  expect(result.ratio).toBeCloseTo(result.ours / result.baseline);
});

test("a ratio reaches its goal from above, or from below where lower is better", () => {
  expect(reaches({ ratio: 2, goal: 2 })).toBe(true);
  expect(reaches({ ratio: 1.9, goal: 2 })).toBe(false);
  expect(reaches({ ratio: 1.3, goal: 1.3, lowerIsBetter: true })).toBe(true);
  expect(reaches({ ratio: 1.4, goal: 1.3, lowerIsBetter: true })).toBe(false);
});

test("so many run at a time, and each once", async () => {
  let running = 0;
  let most = 0;
  const seen: number[] = [];
  await inFlight(20, 4, async (index) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    seen.push(index);
    running--;
  });
  expect(most).toBe(4);
  expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
});
