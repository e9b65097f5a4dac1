import { OutcomeUnknownError, VersionConflictError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { CircuitBreaker, retryOnConflict, simple } from "../src/index.ts";
import { conflictAt, JumpingClock } from "./counting.ts";

test("the operation is called again after each conflict, and receives the conflict", async () => {
  const clock = new JumpingClock();
  const received: unknown[] = [];
  const { signal } = new AbortController();
  const result = await retryOnConflict(
    (attempt) => {
      received.push(attempt);
      if (attempt.attempt < 3) throw conflictAt(attempt.attempt);
      return "done";
    },
    { policy: simple(), clock, signal },
  );
  expect(result).toBe("done");
  expect(clock.sleeps).toEqual([100, 200]);
  expect(received).toEqual([
    { attempt: 1, conflict: undefined, signal },
    { attempt: 2, conflict: conflictAt(1), signal },
    { attempt: 3, conflict: conflictAt(2), signal },
  ]);
});

test("RetriesExhaustedError has the conflicts and the actor", async () => {
  const operation = async (): Promise<never> => {
    throw conflictAt(4);
  };
  const call = retryOnConflict(operation, { policy: simple(), clock: new JumpingClock(), actorId: "order-1" });
  await expect(call).rejects.toMatchObject({
    code: "AETHER_RETRIES_EXHAUSTED",
    actorId: "order-1",
    attempts: 3,
    elapsedMs: 300,
    conflicts: [{ currentVersion: 4 }, { currentVersion: 4 }, { currentVersion: 4 }],
  });
});

test("the actor of the error defaults to that of the conflict", async () => {
  const operation = async (): Promise<never> => {
    throw conflictAt(4);
  };
  const call = retryOnConflict(operation, { policy: simple({ maxAttempts: 1 }) });
  await expect(call).rejects.toMatchObject({ actorId: "a" });
});

test.each([
  ["another error", new RangeError("no")],
  ["an unknown outcome", new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] })],
  [
    "a conflict with the same event",
    new VersionConflictError({ actorId: "a", attemptedVersion: 1, currentVersion: 1, sameEvent: true }),
  ],
])("%s ends the call unchanged, at once", async (_name, error) => {
  const operation = vi.fn(async () => {
    throw error;
  });
  await expect(retryOnConflict(operation)).rejects.toBe(error);
  expect(operation).toHaveBeenCalledTimes(1);
});

test("an abort does not interrupt the operation: its result counts", async () => {
  const controller = new AbortController();
  const operation = async (): Promise<string> => {
    controller.abort();
    return "saved";
  };
  expect(await retryOnConflict(operation, { signal: controller.signal })).toBe("saved");
});

test("a policy with state per actor requires actorId", async () => {
  const breaker = new CircuitBreaker({ failureThreshold: 1 });
  const policy = breaker.around(simple());
  const operation = vi.fn(() => {
    throw conflictAt(1);
  });
  await expect(retryOnConflict(operation, { policy })).rejects.toMatchObject({
    code: "AETHER_INVALID_ARGUMENT",
    argument: "actorId",
  });
  expect(operation).not.toHaveBeenCalled();
  await expect(retryOnConflict(operation, { policy, actorId: "a" })).rejects.toMatchObject({ actorId: "a" });
  expect(breaker.stateOf("a").status).toBe("open");
  expect(breaker.stateOf("").status).toBe("closed");
});

test("concurrent operations on a store all succeed", async () => {
  const store = new MemoryEventStore();
  const save = (): Promise<unknown> =>
    retryOnConflict(
      async () => {
        const version = (await store.getLatestVersion("a")) + 1;
        await Promise.resolve();
        return store.saveEvent({ actorId: "a", version, eventType: "Counted", data: {} });
      },
      { clock: new JumpingClock() },
    );
  await Promise.all([save(), save(), save()]);
  expect(await store.getLatestVersion("a")).toBe(3);
});
