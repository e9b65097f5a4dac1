import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultPolicy, type JitterKind, jitter, type RetryPolicy } from "../../src/index.ts";
import { failedAttempt } from "../counting.ts";
import { attemptTimes } from "./attempt-times.ts";

const kinds: readonly JitterKind[] = ["additive", "full", "decorrelated"];
const never = (): number => 0;
const almost = (): number => 1 - 2 ** -53;

function delayMs(policy: RetryPolicy, attempt: number, chance: number, previousDelayMs = 0): number {
  const verdict = policy.onFailure(failedAttempt(attempt, { previousDelayMs }), () => chance);
  if ("giveUp" in verdict) throw new Error("gave up");
  return verdict.retryAfterMs;
}

test("the default is 3 attempts, 100 ms doubling plus up to 10%", async () => {
  expect(await attemptTimes(jitter(), { random: never })).toEqual([0, 100, 300]);
  expect(await attemptTimes(jitter(), { random: () => 0.5 })).toEqual([0, 105, 315]);
  expect((await attemptTimes(jitter(), { random: almost }))[2]).toBeCloseTo(330);
});

test("full: from 0 up to the exponential wait", () => {
  const policy = jitter({ kind: "full", maxAttempts: 9 });
  expect([1, 2, 3].map((attempt) => delayMs(policy, attempt, 0))).toEqual([0, 0, 0]);
  expect([1, 2, 3].map((attempt) => delayMs(policy, attempt, 0.5))).toEqual([50, 100, 200]);
});

test("decorrelated: from the base up to three times the previous wait", () => {
  const policy = jitter({ kind: "decorrelated", maxAttempts: 9 });
  expect(delayMs(policy, 1, 0.9)).toBe(100);
  expect(delayMs(policy, 2, 0, 100)).toBe(100);
  expect(delayMs(policy, 2, 0.5, 100)).toBe(200);
  expect(delayMs(policy, 3, 0.5, 200)).toBe(350);
});

test("the name contains the kind", () => {
  expect(kinds.map((kind) => jitter({ kind }).name)).toEqual([
    "jitter(additive)",
    "jitter(full)",
    "jitter(decorrelated)",
  ]);
});

test("the default policy is full jitter with 30 attempts", async () => {
  expect(defaultPolicy.name).toBe("jitter(full)");
  expect(await attemptTimes(defaultPolicy)).toHaveLength(30);
  expect(delayMs(defaultPolicy, 1, almost())).toBeCloseTo(10);
  expect(delayMs(defaultPolicy, 29, almost())).toBeCloseTo(1_000);
});

describe.each(kinds)("%s", (kind) => {
  const delays = fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true });
  const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test("for any attempt and any random number, the wait is from 0 to maxDelayMs", () => {
    const attempts = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(delays, delays, delays, attempts, chances, (base, max, previous, attempt, chance) => {
        const maxAttempts = Number.POSITIVE_INFINITY;
        const policy = jitter({ kind, maxAttempts, baseDelayMs: base, maxDelayMs: max });
        const waited = delayMs(policy, attempt, chance, Math.min(previous, max));
        expect(waited).toBeGreaterThanOrEqual(0);
        expect(waited).toBeLessThanOrEqual(max);
      }),
      { examples: [[1, Number.MAX_VALUE, Number.MAX_VALUE, 1, 0]] },
    );
  });

  test("there are exactly maxAttempts attempts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), chances, async (maxAttempts, chance) => {
        expect(await attemptTimes(jitter({ kind, maxAttempts }), { random: () => chance })).toHaveLength(maxAttempts);
      }),
    );
  });
});
