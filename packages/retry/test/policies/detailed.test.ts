import { OutcomeUnknownError } from "@aether/core";
import { expect, test, vi } from "vitest";
import { appendWithRetry, detailed, type FailedAttempt, retryOnConflict, ThrashingError } from "../../src/index.ts";
import { conflictAt, counted, failedAttempt, JumpingClock } from "../counting.ts";
import { ScriptedStore } from "../scripted-store.ts";
import { attemptTimes } from "./attempt-times.ts";

test("the default is 5 attempts, 100 ms doubling", async () => {
  expect(await attemptTimes(detailed())).toEqual([0, 100, 300, 700, 1_500]);
});

test("two conflicts in a row at the same version end the call at once", async () => {
  expect(await attemptTimes(detailed(), { versions: [1, 2, 2, 3] })).toEqual([0, 100, 300]);
});

test("the same version after another one does not end the call", async () => {
  expect(await attemptTimes(detailed(), { versions: [1, 2, 1, 2, 1] })).toHaveLength(5);
});

test("ThrashingError has the actor and all conflicts", async () => {
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

test("onFailure is called with the full context after every failed attempt, including the last", async () => {
  const reported: FailedAttempt[] = [];
  const policy = detailed({ maxAttempts: 3, onFailure: (failed) => reported.push(failed) });
  await attemptTimes(policy);
  expect(reported.map(({ attempt, elapsedMs, previousDelayMs }) => [attempt, elapsedMs, previousDelayMs])).toEqual([
    [1, 0, 0],
    [2, 100, 100],
    [3, 300, 200],
  ]);
  expect(reported.at(-1)?.conflicts.map(({ currentVersion }) => currentVersion)).toEqual([1, 2, 3]);
});

test("an error of onFailure ends the call", async () => {
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

test("an unknown outcome after two conflicts at the same version does not end the call", () => {
  const error = new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] });
  const conflicts = [conflictAt(1), conflictAt(1)];
  expect(detailed().onFailure(failedAttempt(1, { error, conflicts }), Math.random)).toEqual({ retryAfterMs: 100 });
});

test("a failure of any kind can be tried again, even one without an error", () => {
  for (const error of [undefined, "text", new Error("no answer")])
    expect(detailed<unknown>().onFailure({ ...failedAttempt(1), error, conflicts: [] }, Math.random)).toEqual({
      retryAfterMs: 100,
    });
});

test("ordinary contention does not cause ThrashingError, because the version changes", async () => {
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
