import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  appendWithRetry,
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitChange,
  jitter,
  type RetryPolicy,
  retryOnConflict,
  simple,
} from "../../src/index.ts";
import { type Counted, conflictAt, counted, JumpingClock } from "../counting.ts";
import { ScriptedStore } from "../scripted-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A breaker, the changes that it reported, and functions that make attempts with a given outcome. */
function setUp(options: CircuitBreakerOptions = {}) {
  const changes: CircuitChange[] = [];
  const breaker = new CircuitBreaker({ onStateChange: (change) => changes.push(change), ...options });
  const once = breaker.around(simple({ maxAttempts: 1 }));
  const attempt = (operation: () => unknown, actorId = "a"): Promise<unknown> =>
    retryOnConflict(operation, { policy: once, actorId });
  const conflict = (actorId?: string): Promise<unknown> =>
    attempt(() => {
      throw conflictAt(1);
    }, actorId).catch((error) => error);
  const save = (actorId?: string): Promise<unknown> => attempt(() => "saved", actorId).catch((error) => error);
  const open = async (actorId?: string): Promise<void> => {
    for (let count = 0; count < (options.failureThreshold ?? 5); count++) await conflict(actorId);
  };
  const halfOpen = async (): Promise<void> => {
    await open();
    vi.advanceTimersByTime(30_000);
  };
  const transitions = (): readonly string[] => changes.map(({ from, to }) => `${from.status} > ${to.status}`);
  return { breaker, changes, transitions, attempt, conflict, save, open, halfOpen };
}

describe("closed", () => {
  test("5 conflicts in a row open the circuit", async () => {
    const { breaker, conflict, transitions } = setUp();
    for (let failures = 1; failures <= 4; failures++) {
      expect(await conflict()).toMatchObject({ code: "AETHER_RETRIES_EXHAUSTED" });
      expect(breaker.stateOf("a")).toEqual({ status: "closed", failures });
    }
    expect(await conflict()).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", actorId: "a", retryAfterMs: 30_000 });
    expect(breaker.stateOf("a").status).toBe("open");
    expect(transitions()).toEqual(["closed > open"]);
  });

  test("a success resets the count", async () => {
    const { breaker, conflict, save } = setUp();
    for (let count = 0; count < 4; count++) await conflict();
    await save();
    expect(breaker.stateOf("a")).toEqual({ status: "closed", failures: 0 });
    for (let count = 0; count < 4; count++) await conflict();
    expect(breaker.stateOf("a").status).toBe("closed");
  });

  test("errors, and decisions to save nothing, are not counted and do not reset the count", async () => {
    const { breaker, conflict, attempt } = setUp();
    const policy = breaker.around(simple());
    await conflict();
    await attempt(() => {
      throw new Error("other");
    }).catch(() => {});
    await appendWithRetry(new ScriptedStore(), "a", () => undefined, { policy });
    expect(breaker.stateOf("a")).toEqual({ status: "closed", failures: 1 });
  });

  test("each actor has its own circuit", async () => {
    const { breaker, open, save } = setUp();
    await open("hot");
    expect(breaker.stateOf("hot").status).toBe("open");
    expect(await save("calm")).toBe("saved");
    expect(await save("hot")).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", actorId: "hot" });
  });
});

describe("open", () => {
  test("attempts are rejected for 30 s, with the remaining time", async () => {
    const { open, attempt } = setUp();
    await open();
    vi.advanceTimersByTime(29_999);
    const operation = vi.fn();
    await expect(attempt(operation)).rejects.toMatchObject({ code: "AETHER_CIRCUIT_OPEN", retryAfterMs: 1 });
    expect(operation).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    await attempt(operation);
    expect(operation).toHaveBeenCalledTimes(1);
  });

  test("the call that opens the circuit ends without another wait, with the conflict as the cause", async () => {
    const breaker = new CircuitBreaker({ failureThreshold: 2 });
    const clock = new JumpingClock();
    const call = retryOnConflict(
      ({ attempt }) => {
        throw conflictAt(attempt);
      },
      { policy: breaker.around(jitter()), actorId: "a", clock, random: () => 0 },
    );
    const error = await call.catch((caught) => caught);
    expect(error).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", cause: { currentVersion: 2 } });
    expect(clock.sleeps).toEqual([100]);
  });

  test("attempts that were in flight when the circuit opened have no effect", async () => {
    const { breaker, open, attempt } = setUp();
    const settle: ((error?: Error) => void)[] = [];
    const inFlight = [1, 2].map(() =>
      attempt(
        () => new Promise<void>((resolve, reject) => settle.push((error) => (error ? reject(error) : resolve()))),
      ),
    );
    await open();
    const before = breaker.stateOf("a");
    settle[0]?.();
    settle[1]?.(conflictAt(1));
    await Promise.allSettled(inFlight);
    expect(breaker.stateOf("a")).toBe(before);
  });
});

describe("half-open", () => {
  test("3 saved probes close the circuit", async () => {
    const { breaker, halfOpen, save, transitions } = setUp();
    await halfOpen();
    for (let successes = 1; successes <= 2; successes++) {
      await save();
      expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: 0, successes });
    }
    await save();
    expect(breaker.stateOf("a")).toEqual({ status: "closed", failures: 0 });
    expect(transitions()).toEqual(["closed > open", "open > half-open", "half-open > closed"]);
  });

  test("one conflict opens the circuit again at once, for the full time", async () => {
    const { halfOpen, save, conflict, transitions } = setUp();
    await halfOpen();
    await save();
    expect(await conflict()).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", retryAfterMs: 30_000 });
    expect(await save()).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", retryAfterMs: 30_000 });
    expect(transitions()).toEqual(["closed > open", "open > half-open", "half-open > open"]);
  });

  test.each([1, 3])("at most %i probes are in flight", async (maxProbes) => {
    const { breaker, halfOpen, attempt, save } = setUp({ maxProbes });
    await halfOpen();
    const end: (() => void)[] = [];
    const probes = Array.from({ length: maxProbes }, () => attempt(() => new Promise<void>((done) => end.push(done))));
    expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: maxProbes, successes: 0 });
    expect(await save()).toMatchObject({ code: "AETHER_CIRCUIT_OPEN", retryAfterMs: 0 });
    for (const done of end) done();
    await Promise.all(probes);
    expect(await save()).toBe("saved");
  });

  test("a probe that throws, or saves nothing, frees its slot and is not counted", async () => {
    const { breaker, halfOpen, attempt } = setUp();
    const policy = breaker.around(simple());
    await halfOpen();
    for (let round = 0; round < 3; round++) {
      const failing = () => {
        throw new Error("other");
      };
      await expect(attempt(failing)).rejects.toThrow("other");
      await expect(appendWithRetry(new ScriptedStore(), "a", failing, { policy })).rejects.toThrow("other");
      expect(await appendWithRetry(new ScriptedStore(), "a", () => [], { policy })).toMatchObject({ saved: false });
      const signal = AbortSignal.timeout(10);
      const hanging = appendWithRetry(new ScriptedStore(), "a", () => new Promise(() => {}), { policy, signal });
      const rejected = expect(hanging).rejects.toBeDefined();
      await vi.advanceTimersByTimeAsync(10);
      await rejected;
      expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: 0, successes: 0 });
    }
  });

  test("a probe of an earlier half-open phase does not count in a later one", async () => {
    const { breaker, halfOpen, attempt, conflict, save } = setUp({ maxProbes: 2 });
    await halfOpen();
    let end = (): void => {};
    const slow = attempt(
      () =>
        new Promise<void>((done) => {
          end = done;
        }),
    );
    await conflict();
    vi.advanceTimersByTime(30_000);
    await save();
    end();
    await slow;
    expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: 0, successes: 1 });
  });
});

describe("memory", () => {
  test("beyond maxActors, the circuit with the oldest change is forgotten, and the change is reported", async () => {
    const { breaker, changes, open } = setUp({ maxActors: 2 });
    await open("first");
    await open("second");
    await open("third");
    expect(["first", "second", "third"].map((actorId) => breaker.stateOf(actorId).status)).toEqual([
      "closed",
      "open",
      "open",
    ]);
    expect(changes.at(-2)).toMatchObject({ actorId: "first", from: { status: "open" }, to: { status: "closed" } });
  });

  test("an actor without conflicts is not remembered", async () => {
    const { breaker, open, save } = setUp({ maxActors: 1 });
    await open("hot");
    for (let actor = 0; actor < 100; actor++) await save(`calm-${actor}`);
    expect(breaker.stateOf("hot").status).toBe("open");
  });

  test("a probe of a forgotten circuit has no effect when it ends", async () => {
    const { breaker, halfOpen, attempt, open } = setUp({ maxActors: 1 });
    await halfOpen();
    let fail = (_error: Error): void => {};
    const probe = attempt(
      () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    );
    await open("other");
    fail(conflictAt(1));
    await probe.catch(() => {});
    expect(breaker.stateOf("a")).toEqual({ status: "closed", failures: 0 });
  });
});

describe("around a policy", () => {
  test("the policy determines the waits", async () => {
    const clock = new JumpingClock();
    const policy = new CircuitBreaker({ clock }).around(simple());
    expect(policy.name).toBe("circuitBreaker(simple)");
    const failing = (): never => {
      throw conflictAt(1);
    };
    await expect(retryOnConflict(failing, { policy, clock, actorId: "a" })).rejects.toMatchObject({ attempts: 3 });
    expect(clock.sleeps).toEqual([100, 200]);
  });

  test("an inner policy can reject attempts and receives the outcomes, and no probe slot is lost", async () => {
    const outcomes: string[] = [];
    let rejects = false;
    const inner: RetryPolicy = {
      ...simple({ maxAttempts: 1 }),
      admit: () => {
        if (rejects) throw new Error("rejected inside");
        return (outcome) => outcomes.push(outcome);
      },
    };
    const breaker = new CircuitBreaker({ failureThreshold: 1, openMs: 10 });
    const policy = breaker.around(inner);
    const call = (operation: () => unknown) => retryOnConflict(operation, { policy, actorId: "a" });
    await expect(
      call(() => {
        throw conflictAt(1);
      }),
    ).rejects.toThrow();
    vi.advanceTimersByTime(10);
    rejects = true;
    await expect(call(() => 1)).rejects.toThrow("rejected inside");
    expect(breaker.stateOf("a").status).toBe("open");
    rejects = false;
    await call(() => 1);
    expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: 0, successes: 1 });
    expect(outcomes).toEqual(["conflict", "saved"]);
  });

  test("an error of the listener is an uncaught exception, and the save still succeeds", async () => {
    const uncaught = vi.fn();
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", uncaught);
    try {
      const error = new Error("listener");
      const { halfOpen, save } = setUp({
        successThreshold: 1,
        onStateChange: ({ to }) => {
          if (to.status === "closed") throw error;
        },
      });
      await halfOpen();
      expect(await save()).toBe("saved");
      vi.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
      expect(uncaught).toHaveBeenCalledExactlyOnceWith(error, "uncaughtException");
    } finally {
      process.removeListener("uncaughtException", uncaught);
      for (const listener of others) process.on("uncaughtException", listener);
    }
  });
});

test("a conflict with the same event counts as a saved probe", async () => {
  const { breaker, halfOpen } = setUp();
  await halfOpen();
  const store = new ScriptedStore();
  await store.saveEvent({ actorId: "a", version: 1, eventType: "Counted", data: { by: 1 }, id: "once" });
  vi.spyOn(store, "getLatestVersion").mockResolvedValueOnce(0);
  const policy = breaker.around(simple());
  const again = await appendWithRetry<Counted>(store, "a", () => ({ ...counted(), id: "once" }), { policy });
  expect(again).toMatchObject({ saved: true, receipts: undefined });
  expect(breaker.stateOf("a")).toEqual({ status: "half-open", probes: 0, successes: 1 });
});
