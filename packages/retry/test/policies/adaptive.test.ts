import { OutcomeUnknownError } from "@aether/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AdaptiveOptions, adaptive } from "../../src/index.ts";
import { conflictAt, failedAttempt } from "../counting.ts";
import { attemptTimes } from "./attempt-times.ts";

function delayMs(missed: number, options?: AdaptiveOptions): number {
  const attemptedVersion = 5;
  const error = conflictAt(attemptedVersion + missed - 1, attemptedVersion);
  const verdict = adaptive(options).onFailure(failedAttempt(1, { error }), Math.random);
  if ("giveUp" in verdict) throw new Error("gave up");
  return verdict.retryAfterMs;
}

test.each([
  [1, 50],
  [3, 50],
  [4, 4],
  [10, 10],
  [11, 110],
  [100, 1_000],
  [500, 5_000],
  [501, 5_000],
  [Number.MAX_SAFE_INTEGER - 10, 5_000],
])("%i missed versions: %i ms", (missed, ms) => {
  expect(delayMs(missed)).toBe(ms);
});

test("no wait is longer than maxDelayMs", () => {
  expect(delayMs(1, { maxDelayMs: 20 })).toBe(20);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 50 }), fc.nat(), (missed, maxDelayMs) => {
      expect(delayMs(missed, { maxDelayMs })).toBeLessThanOrEqual(maxDelayMs);
    }),
  );
});

test("the default is 10 attempts", async () => {
  expect(await attemptTimes(adaptive())).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450]);
  expect(await attemptTimes(adaptive({ maxAttempts: 2 }))).toEqual([0, 50]);
});

test("the wait after an unknown outcome is 50 ms", () => {
  const error = new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] });
  expect(adaptive().onFailure(failedAttempt(1, { error }), Math.random)).toEqual({ retryAfterMs: 50 });
});
