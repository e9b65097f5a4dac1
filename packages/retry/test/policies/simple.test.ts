import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { simple } from "../../src/index.ts";
import { failedAttempt } from "../counting.ts";
import { attemptTimes } from "./attempt-times.ts";

const random = vi.fn(() => 0.5);

test("the default is 3 attempts, 100 ms doubling", async () => {
  expect(await attemptTimes(simple())).toEqual([0, 100, 300]);
});

test("the options set the attempts, the first wait and the longest wait", async () => {
  const policy = simple({ maxAttempts: 6, baseDelayMs: 30, maxDelayMs: 100 });
  expect(await attemptTimes(policy)).toEqual([0, 30, 90, 190, 290, 390]);
});

test("maxAttempts: 1 does not retry", async () => {
  expect(await attemptTimes(simple({ maxAttempts: 1 }))).toEqual([0]);
});

test("the longest wait is 30 s by default", () => {
  const policy = simple({ maxAttempts: 50 });
  expect(policy.onFailure(failedAttempt(9), random)).toEqual({ retryAfterMs: 25_600 });
  expect(policy.onFailure(failedAttempt(10), random)).toEqual({ retryAfterMs: 30_000 });
});

test("it does not call random", () => {
  simple().onFailure(failedAttempt(1), random);
  expect(random).not.toHaveBeenCalled();
});

test("for any attempt, the wait is within its bounds and never decreases", () => {
  const delays = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true });
  fc.assert(
    fc.property(delays, delays, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 }), (base, max, attempt) => {
      const policy = simple({ maxAttempts: Number.POSITIVE_INFINITY, baseDelayMs: base, maxDelayMs: max });
      const [now, next] = [attempt, attempt + 1].map((n) => policy.onFailure(failedAttempt(n), random));
      if (now === undefined || next === undefined || "giveUp" in now || "giveUp" in next) throw new Error("gave up");
      expect(now.retryAfterMs).toBeGreaterThanOrEqual(Math.min(base, max));
      expect(now.retryAfterMs).toBeLessThanOrEqual(max);
      expect(next.retryAfterMs).toBeGreaterThanOrEqual(now.retryAfterMs);
    }),
  );
});
