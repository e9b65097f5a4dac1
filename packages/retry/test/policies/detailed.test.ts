import { OutcomeUnknownError } from "@aether/core";
import { expect, test, vi } from "vitest";
import { appendWithRetry, detailed, type FailedAttempt, retryOnConflict, ThrashingError } from "../../src/index.ts";
import { conflictAt, counted, failedAttempt, JumpingClock } from "../counting.ts";
import { ScriptedStore } from "../scripted-store.ts";
import { attemptTimes } from "./attempt-times.ts";

test("by default: 5 attempts, 100 ms doubling", async () => {
  expect(await attemptTimes(detailed())).toEqual([0, 100, 300, 700, 1_500]);
});

test("two conflicts in a row at the same version are thrashing: it stops at once", async () => {
  expect(await attemptTimes(detailed(), { versions: [1, 2, 2, 3] })).toEqual([0, 100, 300]);
});

test("the same version again after another one is not", async () => {
  expect(await attemptTimes(detailed(), { versions: [1, 2, 1, 2, 1] })).toHaveLength(5);
});

test("ThrashingError tells where, and all the conflicts", async () => {
  const stale = async (): Promise<never> => {
    throw conflictAt(7);
  };
  const call = retryOnConflict(stale, { policy: detailed(), clock: new JumpingClock(), actorId: "a" });
  const error = await call.catch((caught) => caught);
  expect(error).toBeInstanceOf(ThrashingError);
  expect(error).toMatchObject({
    code: "AETHER_THRASHING",
    actorId: "a",
    attempts: 2,
    elapsedMs: 100,
    conflicts: [{ currentVersion: 7 }, { currentVersion: 7 }],
  });
  expect(error.cause).toBe(error.conflicts[1]);
});

test("onFailure hears of every failed attempt with its full context, also of the last one", async () => {
  const heard: FailedAttempt[] = [];
  const policy = detailed({ maxAttempts: 3, onFailure: (failed) => heard.push(failed) });
  await attemptTimes(policy);
  expect(heard.map(({ attempt, elapsedMs, previousDelayMs }) => [attempt, elapsedMs, previousDelayMs])).toEqual([
    [1, 0, 0],
    [2, 100, 100],
    [3, 300, 200],
  ]);
  expect(heard.at(-1)?.conflicts.map(({ currentVersion }) => currentVersion)).toEqual([1, 2, 3]);
});

test("what onFailure throws ends the call", async () => {
  const error = new Error("listener");
  const policy = detailed({
    onFailure: () => {
      throw error;
    },
  });
  const call = retryOnConflict(
    () => {
      throw conflictAt(1);
    },
    { policy },
  );
  await expect(call).rejects.toBe(error);
});

test("an unknown outcome between two conflicts at the same version is no thrashing by itself", () => {
  const error = new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] });
  const conflicts = [conflictAt(1), conflictAt(1)];
  expect(detailed().onFailure(failedAttempt(1, { error, conflicts }), Math.random)).toEqual({ retryAfterMs: 100 });
});

test("under real contention the versions move on: nobody thrashes", async () => {
  const onFailure = vi.fn();
  const store = new ScriptedStore();
  const policy = detailed({ onFailure, maxAttempts: 50 });
  const write = (): Promise<unknown> =>
    appendWithRetry(
      store,
      "a",
      async ({ events }) => {
        await events();
        return counted();
      },
      { policy, clock: new JumpingClock() },
    );
  await Promise.all(Array.from({ length: 8 }, write));
  expect(onFailure).toHaveBeenCalled();
  expect(await store.getLatestVersion("a")).toBe(8);
});
