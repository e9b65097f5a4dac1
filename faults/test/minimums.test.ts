import { expect, test } from "vitest";
import { finishing, goalsOf, isReached } from "../src/minimums.ts";

const signal = new AbortController().signal;

test("a figure counts as its number, or as the sum of its numbers; text counts as 0", () => {
  const figures = { one: 5, many: { a: 2, b: 3 }, table: { a: { x: 1, y: 2 }, b: { x: 4 } }, word: "7" };
  const reached = goalsOf({ one: 5, many: 6, table: 7, word: 1, absent: 1 }, figures);
  expect(reached.map((goal) => [goal.reached, isReached(goal)])).toEqual([
    [5, true],
    [5, false],
    [7, true],
    [0, false],
    [0, false],
  ]);
});

test("a short run finishes after its time limit, regardless of its figures", () => {
  expect(finishing({ budgetMs: 60_000, signal })({ events: 1_000 })).toBe(false);
  expect(finishing({ budgetMs: 0, signal })({ events: 0 })).toBe(true);
});

test("a long run finishes when all minimums are reached, or after its time limit", () => {
  const minimums = { events: 10, faults: 2 };
  const isFinished = finishing({ budgetMs: 60_000, minimums, signal });
  expect(isFinished({ events: 10, faults: { kill: 1 } })).toBe(false);
  expect(isFinished({ events: 10, faults: { kill: 1, cut: 1 } })).toBe(true);
  expect(finishing({ budgetMs: 0, minimums, signal })({})).toBe(true);
});

test("an abort finishes any run", () => {
  expect(finishing({ budgetMs: 60_000, minimums: { events: 1 }, signal: AbortSignal.abort() })({})).toBe(true);
});
