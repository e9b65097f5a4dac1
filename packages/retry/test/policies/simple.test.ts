import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { simple } from "../../src/index.ts";
import { failedAttempt } from "../counting.ts";
import { attemptTimes } from "./attempt-times.ts";

const random = vi.fn(() => 0.5);

test("by default: 3 attempts, 100 ms doubling", async () => {
  expect(await attemptTimes(simple())).toEqual([0, 100, 300]);
});

test("as many attempts as asked for, from another base, up to a longest wait", async () => {
  const policy = simple({ maxAttempts: 6, baseDelayMs: 30, maxDelayMs: 100 });
  expect(await attemptTimes(policy)).toEqual([0, 30, 90, 190, 290, 390]);
});

test("one attempt is one attempt", async () => {
  expect(await attemptTimes(simple({ maxAttempts: 1 }))).toEqual([0]);
});

test("by default no wait is longer than 30 s", () => {
  const policy = simple({ maxAttempts: 50 });
  expect(policy.onFailure(failedAttempt(9), random)).toEqual({ retryAfterMs: 25_600 });
  expect(policy.onFailure(failedAttempt(10), random)).toEqual({ retryAfterMs: 30_000 });
});

test("chance plays no part", () => {
  simple().onFailure(failedAttempt(1), random);
  expect(random).not.toHaveBeenCalled();
});

test("at any attempt number the wait is a number within its bounds, and never shrinks", () => {
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
