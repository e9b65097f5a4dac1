import { StoreUnavailableError } from "@aether/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CircuitBreaker, type Decide, simple } from "../../src/index.ts";
import { type Counted, conflictAt, counted } from "../counting.ts";
import type { Step } from "../scripted-store.ts";
import { byOf, conflict, forever, setUp } from "./queue-set-up.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("append", () => {
  test("resolves at once, and saves in the background", async () => {
    const { queue, outcomes, stored } = setUp([conflict, conflict]);
    const decide = () => counted(1);
    await queue.append("a", decide);
    expect(outcomes).toEqual([]);
    await vi.runAllTimersAsync();
    const result = { saved: true, attempts: 3, events: [{ version: 1 }], receipts: [{ version: 1 }] };
    expect(outcomes).toMatchObject([{ status: "done", actorId: "a", decide, result }]);
    expect(await stored()).toEqual([1]);
  });

  test("makes the first attempt at once, the first retry after 1 s, and 10 attempts in total", async () => {
    const { store, queue, outcomes } = setUp();
    const times: number[] = [];
    const startedMs = performance.now();
    vi.spyOn(store, "saveEvent").mockImplementation(async () => {
      times.push((performance.now() - startedMs) / 1_000);
      throw conflictAt(times.length);
    });
    await queue.append("a", () => counted());
    await vi.runAllTimersAsync();
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121, 151]);
    expect(outcomes).toMatchObject([{ status: "failed", error: { code: "AETHER_RETRIES_EXHAUSTED", attempts: 10 } }]);
  });

  test("adds a random time of up to 10% to each wait", async () => {
    const { queue, outcomes } = setUp([conflict], { random: () => 0.5 });
    await queue.append("a", () => counted());
    await vi.advanceTimersByTimeAsync(1_049);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outcomes).toHaveLength(1);
  });

  test("uses another policy, even one with state", async () => {
    const breaker = new CircuitBreaker({ failureThreshold: 2 });
    const { queue, outcomes } = setUp([conflict, conflict], { policy: breaker.around(simple()) });
    await queue.append("a", () => counted());
    await vi.advanceTimersByTimeAsync(100);
    expect(outcomes).toMatchObject([{ status: "failed", error: { code: "AETHER_CIRCUIT_OPEN" } }]);
    expect(breaker.stateOf("a").status).toBe("open");
  });

  test("accepts decisions of several events, of nothing, and those that fail", async () => {
    const { queue, outcomes, stored } = setUp();
    const error = new Error("decision");
    await queue.append("a", async () => [counted(1), counted(2)]);
    await queue.append("a", () => undefined);
    await queue.append("a", () => {
      throw error;
    });
    await queue.append("a", () => counted(3));
    await queue.drain();
    expect(outcomes).toMatchObject([
      { status: "done", result: { saved: true } },
      { status: "done", result: { saved: false, attempts: 1 } },
      { status: "failed", error },
      { status: "done", result: { saved: true } },
    ]);
    expect(await stored()).toEqual([1, 2, 3]);
  });

  test.each([
    ["exhausted", [conflict, conflict, conflict], { code: "AETHER_RETRIES_EXHAUSTED", attempts: 3 }],
    [
      "unavailable",
      [
        async () => {
          throw new StoreUnavailableError({ operation: "save", reason: "down" });
        },
      ],
      { code: "AETHER_STORE_UNAVAILABLE" },
    ],
  ] satisfies [string, Step[], object][])(
    "reports a failure with the arguments of the append: %s",
    async (_name, steps, error) => {
      const { queue, outcomes } = setUp(steps, { policy: simple() });
      const decide = () => counted();
      await queue.append("a", decide);
      await vi.runAllTimersAsync();
      expect(outcomes).toEqual([{ status: "failed", actorId: "a", decide, error: expect.objectContaining(error) }]);
    },
  );

  test("reports a failure even if undefined was thrown", async () => {
    const { queue, outcomes } = setUp();
    await queue.append("a", () => Promise.reject(undefined));
    await queue.drain();
    expect(outcomes).toMatchObject([{ status: "failed", error: undefined }]);
  });

  test("passes onRetry and maxElapsedMs to appendWithRetry", async () => {
    const onRetry = vi.fn();
    const { queue, outcomes } = setUp([conflict, conflict, conflict], {
      onRetry,
      maxElapsedMs: 200,
      policy: forever,
    });
    await queue.append("a", () => counted());
    await vi.runAllTimersAsync();
    expect(onRetry).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ actorId: "a", delayMs: 100 }));
    expect(outcomes).toMatchObject([{ status: "failed", error: { code: "AETHER_RETRIES_EXHAUSTED", attempts: 2 } }]);
  });
});

describe("order", () => {
  test("appends of one actor run in the order of the calls, even after conflicts", async () => {
    const { queue, outcomes, stored } = setUp([conflict, conflict, "save", conflict]);
    for (const by of [1, 2, 3, 4]) await queue.append("a", () => counted(by));
    await vi.runAllTimersAsync();
    expect(await stored()).toEqual([1, 2, 3, 4]);
    expect(await Promise.all(outcomes.map(byOf))).toEqual([1, 2, 3, 4]);
  });

  test("a waiting actor does not delay another", async () => {
    const { queue, stored } = setUp([conflict]);
    await queue.append("slow", () => counted(1));
    await queue.append("quick", () => counted(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(await stored("quick")).toEqual([2]);
    expect(await stored("slow")).toEqual([]);
  });

  test("only one append of an actor is in flight", async () => {
    const { queue } = setUp();
    let running = 0;
    let most = 0;
    const decide: Decide<Counted> = async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      return counted();
    };
    for (let call = 0; call < 5; call++) await queue.append("a", decide);
    await queue.drain();
    expect(most).toBe(1);
  });

  test("for any appends, conflicts and capacity, each append is saved once, in order", async () => {
    const appends = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 20 });
    const steps = fc.array(fc.constantFrom<Step>("save", conflict), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(appends, steps, fc.integer({ min: 1, max: 5 }), async (actorIds, script, capacity) => {
        const roomTimeoutMs = 1e9;
        const { queue, outcomes, stored } = setUp(script, { capacity, roomTimeoutMs, policy: forever });
        const calls = actorIds.map((actorId, index) => queue.append(actorId, () => counted(index)));
        await vi.runAllTimersAsync();
        await Promise.all(calls);
        expect(outcomes).toHaveLength(actorIds.length);
        for (const actorId of ["a", "b", "c"]) {
          const expected = actorIds.flatMap((other, index) => (other === actorId ? [index] : []));
          expect(await stored(actorId)).toEqual(expected);
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
    );
  });
});
