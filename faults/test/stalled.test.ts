import { expect, test } from "vitest";
import { stalledAfter } from "../src/nemesis/stalled.ts";

const signal = new AbortController().signal;

test("counters without progress before the timeout are named", async () => {
  let count = 0;
  const progress = () => {
    count += 5;
    return { working: count, stalled: 7 };
  };
  expect(await stalledAfter(progress, signal, { timeoutMs: 50, reportDelayMs: 0 })).toEqual(["stalled"]);
});

test("the wait ends as soon as every counter has made progress", async () => {
  let count = 0;
  const progress = () => {
    count += 10;
    return { a: count, b: count };
  };
  expect(await stalledAfter(progress, signal, { reportDelayMs: 0 })).toEqual([]);
});

test("an abort ends the wait", async () => {
  expect(await stalledAfter(() => ({ stalled: 0 }), AbortSignal.abort())).toEqual([]);
});
