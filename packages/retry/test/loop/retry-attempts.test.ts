import { OutcomeUnknownError } from "@aether/core";
import { expect, test, vi } from "vitest";
import { type AttemptEnd, retryAttempts, retrySettings, simple } from "../../src/index.ts";
import { conflictAt, JumpingClock } from "../counting.ts";

const instant = () => retrySettings({ clock: new JumpingClock(), policy: simple() });

test("attempts are made until one has a result", async () => {
  const attempt = vi.fn<(attempt: number) => Promise<AttemptEnd<string>>>(async (number) =>
    number < 3 ? { error: conflictAt(number) } : { saved: true, result: "saved" },
  );
  expect(await retryAttempts("a", instant(), attempt)).toBe("saved");
  expect(attempt.mock.calls).toEqual([
    [1, undefined],
    [2, conflictAt(1)],
    [3, conflictAt(2)],
  ]);
});

test("the loop continues after the error of a first attempt that the caller made", async () => {
  const attempt = vi.fn(async () => ({ result: "saved" }));
  const onRetry = vi.fn();
  expect(await retryAttempts("a", { ...instant(), firstError: conflictAt(1), onRetry }, attempt)).toBe("saved");
  expect(attempt.mock.calls).toEqual([[2, conflictAt(1)]]);
  expect(onRetry).toHaveBeenCalledWith(expect.objectContaining({ attempt: 1, delayMs: 100 }));
});

test("an unknown outcome of the first attempt takes precedence over an abort", async () => {
  const firstError = new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] });
  const attempt = vi.fn(async () => ({ result: "saved" }));
  const call = retryAttempts("a", { ...instant(), firstError, signal: AbortSignal.abort() }, attempt);
  await expect(call).rejects.toBe(firstError);
  expect(attempt).not.toHaveBeenCalled();
});

test("the time of the call begins when the caller says", async () => {
  const clock = new JumpingClock();
  const startedMs = clock.now();
  await clock.sleep(500);
  const attempt = async () => ({ error: conflictAt(1) });
  const call = retryAttempts(
    "a",
    { ...retrySettings({ clock, policy: simple(), maxElapsedMs: 550 }), startedMs },
    attempt,
  );
  await expect(call).rejects.toMatchObject({ code: "AETHER_RETRIES_EXHAUSTED", attempts: 1, elapsedMs: 500 });
});

test("settings are checked, and complete", () => {
  const policy = simple();
  expect(retrySettings({ policy })).toMatchObject({ policy, random: Math.random, signal: undefined });
  expect(() => retrySettings({ maxElapsedMs: -1 })).toThrow(expect.objectContaining({ argument: "maxElapsedMs" }));
});
