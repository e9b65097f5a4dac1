import { expect, test } from "vitest";
import { stuckAfter } from "../src/nemesis/nemesis.ts";

const signal = new AbortController().signal;

test("all of the work has to go on, and what does not is named", async () => {
  let work = 0;
  const progress = () => {
    work += 5;
    return { going: work, standing: 7 };
  };
  expect(await stuckAfter(progress, signal, { timeoutMs: 50, toldWithinMs: 0 })).toEqual(["standing"]);
});

test("what goes on is seen at once", async () => {
  let work = 0;
  const progress = () => {
    work += 10;
    return { a: work, b: work };
  };
  expect(await stuckAfter(progress, signal, { toldWithinMs: 0 })).toEqual([]);
});

test("nothing is waited for after an abort", async () => {
  expect(await stuckAfter(() => ({ standing: 0 }), AbortSignal.abort())).toEqual([]);
});
