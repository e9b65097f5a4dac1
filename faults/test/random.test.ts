import { expect, test } from "vitest";
import { Random } from "../src/random.ts";

const draw = (seed: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: 100 }, () => random.next());
};

test("the same seed gives the same sequence, another seed a different one", () => {
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("integers include both bounds and stay within them", () => {
  const random = new Random(3);
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.integer(2, 4)));
  expect([...drawn].sort()).toEqual([2, 3, 4]);
});

test("shuffling keeps all items, and picking from an empty list throws", () => {
  const items = [1, 2, 3, 4, 5];
  expect(new Random(5).shuffle(items).sort()).toEqual(items);
  expect(() => new Random(5).pick([])).toThrow(RangeError);
});
