import { isAetherError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import {
  adaptive,
  appendWithRetry,
  CircuitBreaker,
  type Clock,
  detailed,
  jitter,
  type RetryPolicy,
  RetryQueue,
  retryOnConflict,
  simple,
} from "../../src/index.ts";
import { type Counted, conflictAt, counted, JumpingClock } from "../counting.ts";

const notCounts = [Number.NaN, -1, 0, 1.5, Number.NEGATIVE_INFINITY, 2 ** 53, "3", null];
const notTimes = [Number.NaN, -1, Number.POSITIVE_INFINITY, "100", null];
const store = new MemoryEventStore<Counted>();

const makers: Readonly<Record<string, (options: object) => unknown>> = {
  simple: (options) => simple(options),
  detailed: (options) => detailed(options),
  jitter: (options) => jitter(options),
  adaptive: (options) => adaptive(options),
  CircuitBreaker: (options) => new CircuitBreaker(options),
  RetryQueue: (options) => new RetryQueue(store, { onSettled: () => {}, ...options }),
};
const counts = [
  ...["simple", "detailed", "jitter", "adaptive"].map((maker) => [maker, "maxAttempts"] as const),
  ...["failureThreshold", "successThreshold", "maxProbes", "maxActors"].map(
    (name) => ["CircuitBreaker", name] as const,
  ),
  ["RetryQueue", "capacity"] as const,
];
const times = [
  ...["simple", "detailed", "jitter"].map((maker) => [maker, "baseDelayMs"] as const),
  ...["simple", "detailed", "jitter", "adaptive"].map((maker) => [maker, "maxDelayMs"] as const),
  ["CircuitBreaker", "openMs"] as const,
  ["RetryQueue", "roomTimeoutMs"] as const,
  ["RetryQueue", "maxElapsedMs"] as const,
];
const kinds = ["none", "toString", "", null].map((value) => ["jitter", "kind", value] as const);

describe("creating a policy, breaker or queue with an invalid option throws", () => {
  test.each([
    ...counts.flatMap(([maker, option]) => notCounts.map((value) => [maker, option, value] as const)),
    ...times.flatMap(([maker, option]) => notTimes.map((value) => [maker, option, value] as const)),
    ...kinds,
  ])("%s: %s %s", (maker, option, value) => {
    const make = () => makers[maker]?.({ [option]: value });
    expect(make).toThrow(expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: option }));
  });

  test.each(counts)("%s: %s can be Infinity or undefined", (maker, option) => {
    expect(makers[maker]?.({ [option]: Number.POSITIVE_INFINITY })).toBeTypeOf("object");
    expect(makers[maker]?.({ [option]: undefined })).toBeTypeOf("object");
  });

  test("the message has the valid range and the value", () => {
    expect(() => simple({ maxAttempts: 1.5 })).toThrow(
      "maxAttempts must be an integer from 1, or Infinity, but is 1.5",
    );
    expect(() => simple({ maxDelayMs: -1 })).toThrow("maxDelayMs must be a finite number from 0, but is -1");
  });
});

test.each(notTimes)(
  "maxElapsedMs: %s rejects the call before the first attempt, never synchronously",
  async (value) => {
    const decide = vi.fn(() => counted());
    const options = { maxElapsedMs: value as number };
    const expected = { code: "AETHER_INVALID_ARGUMENT", argument: "maxElapsedMs" };
    await expect(appendWithRetry(store, "a", decide, options)).rejects.toMatchObject(expected);
    await expect(retryOnConflict(decide, options)).rejects.toMatchObject(expected);
    expect(decide).not.toHaveBeenCalled();
  },
);

test("a missing function is rejected, never synchronously", async () => {
  const decide = { code: "AETHER_INVALID_ARGUMENT", argument: "decide" };
  await expect(appendWithRetry(store, "a", counted() as never)).rejects.toMatchObject(decide);
  const queue = new RetryQueue(store, { onSettled: () => {} });
  await expect(queue.append("a", undefined as never)).rejects.toMatchObject(decide);
  expect(() => new RetryQueue(store, {} as never)).toThrow(
    expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "onSettled" }),
  );
  const operation = { code: "AETHER_INVALID_ARGUMENT", argument: "operation" };
  await expect(retryOnConflict(undefined as never)).rejects.toMatchObject(operation);
});

test.each([null, 1, "text", Symbol("symbol")])("options of %s are rejected everywhere", async (value) => {
  const options = value as never;
  const rejected = { code: "AETHER_INVALID_ARGUMENT", argument: "options" };
  for (const make of [simple, adaptive, detailed, jitter]) {
    expect(() => make(options)).toThrow(expect.objectContaining(rejected));
  }
  expect(() => new CircuitBreaker(options)).toThrow(expect.objectContaining(rejected));
  expect(() => new RetryQueue(store, options)).toThrow(expect.objectContaining(rejected));
  const decide = vi.fn(() => counted());
  await expect(retryOnConflict(decide, options)).rejects.toMatchObject(rejected);
  await expect(appendWithRetry(store, "a", decide, options)).rejects.toMatchObject(rejected);
  const queue = new RetryQueue(store, { onSettled: () => {} });
  await expect(queue.append("a", decide, options)).rejects.toMatchObject(rejected);
  await expect(queue.drain(options)).rejects.toMatchObject(rejected);
  await expect(queue.close(options)).rejects.toMatchObject(rejected);
  expect(decide).not.toHaveBeenCalled();
});

test("a symbol instead of a number is rejected", () => {
  expect(() => simple({ maxAttempts: Symbol("three") as never })).toThrow("but is Symbol(three)");
});

test("detailed has its own default number of attempts, even for undefined", () => {
  const policy = detailed({ maxAttempts: undefined });
  const error = conflictAt(1);
  const failed = { actorId: "a", elapsedMs: 0, error, conflicts: [error], previousDelayMs: 0 };
  expect(policy.onFailure({ ...failed, attempt: 4 }, Math.random)).toEqual({ retryAfterMs: 800 });
  expect(policy.onFailure({ ...failed, attempt: 5 }, Math.random)).toEqual({ giveUp: true });
});

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
  "a custom policy that returns a wait of %s ms is rejected",
  async (ms) => {
    const policy: RetryPolicy = { name: "custom", onFailure: () => ({ retryAfterMs: ms }) };
    const call = retryOnConflict(
      () => {
        throw conflictAt(1);
      },
      { policy },
    );
    await expect(call).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument: "retryAfterMs" });
  },
);

describe("maxElapsedMs", () => {
  const conflicting = async (maxElapsedMs: number, clock: Clock): Promise<unknown> =>
    retryOnConflict(
      () => {
        throw conflictAt(1);
      },
      { policy: simple({ maxAttempts: 10 }), maxElapsedMs, clock },
    ).catch((error) => error);

  test("no attempt begins later, and there is no wait before the call gives up", async () => {
    const clock = new JumpingClock();
    const error = await conflicting(700, clock);
    expect(clock.sleeps).toEqual([100, 200, 400]);
    expect(error).toMatchObject({ code: "AETHER_RETRIES_EXHAUSTED", attempts: 4, elapsedMs: 700 });
    const shorter = new JumpingClock();
    expect(await conflicting(699, shorter)).toMatchObject({ attempts: 3, elapsedMs: 300 });
  });

  test("0 allows one attempt", async () => {
    expect(await conflicting(0, new JumpingClock())).toMatchObject({ attempts: 1 });
  });
});

test("onRetry is called before each wait, with everything that the policy receives", async () => {
  const clock = new JumpingClock();
  const reported: unknown[] = [];
  const call = retryOnConflict(
    ({ attempt }) => {
      throw conflictAt(attempt);
    },
    {
      policy: simple(),
      clock,
      actorId: "a",
      onRetry: ({ error, conflicts, ...retry }) =>
        reported.push({ ...retry, code: error.code, conflicts: conflicts.length, sleeps: clock.sleeps.length }),
    },
  );
  await expect(call).rejects.toSatisfy((error) => isAetherError(error, "AETHER_RETRIES_EXHAUSTED"));
  const common = { actorId: "a", code: "AETHER_VERSION_CONFLICT" };
  expect(reported).toEqual([
    { ...common, attempt: 1, elapsedMs: 0, previousDelayMs: 0, delayMs: 100, conflicts: 1, sleeps: 0 },
    { ...common, attempt: 2, elapsedMs: 100, previousDelayMs: 100, delayMs: 200, conflicts: 2, sleeps: 1 },
  ]);
});

test("an error of onRetry ends the call", async () => {
  const error = new Error("listener");
  const call = retryOnConflict(
    () => {
      throw conflictAt(1);
    },
    {
      onRetry: () => {
        throw error;
      },
    },
  );
  await expect(call).rejects.toBe(error);
});

test("only the last 100 conflicts are kept", async () => {
  const policy = simple({ maxAttempts: 250, baseDelayMs: 0 });
  const call = retryOnConflict(
    ({ attempt }) => {
      throw conflictAt(attempt);
    },
    { policy, clock: new JumpingClock() },
  );
  const error = await call.catch((caught) => caught);
  expect(error.attempts).toBe(250);
  expect(error.conflicts).toHaveLength(100);
  expect(error.conflicts[0]).toMatchObject({ currentVersion: 151 });
  expect(error.cause).toMatchObject({ currentVersion: 250 });
});
