import { OutcomeUnknownError, StoreUnavailableError } from "@aether/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  CircuitBreaker,
  type Decide,
  type QueueOutcome,
  RetryQueue,
  type RetryQueueOptions,
  simple,
} from "../src/index.ts";
import { type Counted, conflictAt, counted } from "./counting.ts";
import { ScriptedStore, type Step } from "./scripted-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const conflict: Step = async () => {
  throw conflictAt(1);
};
const forever: RetryQueueOptions<Counted>["policy"] = simple({ maxAttempts: Number.POSITIVE_INFINITY });

function setUp(steps: readonly Step[] = [], options: Partial<RetryQueueOptions<Counted>> = {}) {
  const store = new ScriptedStore(...steps);
  const outcomes: QueueOutcome<Counted>[] = [];
  const onSettled = (outcome: QueueOutcome<Counted>): void => {
    outcomes.push(outcome);
  };
  // Without chance, so that the first retry is after 1 s to the millisecond.
  const queue = new RetryQueue<Counted>(store, { onSettled, random: () => 0, ...options });
  /** What is stored of an actor, by what each event counts. */
  const stored = async (actorId = "a") => (await store.getEvents(actorId)).map(({ data }) => data.by);
  return { store, outcomes, queue, stored };
}

const byOf = async (outcome: QueueOutcome<Counted>): Promise<unknown> => {
  const decision = await outcome.decide({} as never);
  return Array.isArray(decision) ? undefined : (decision as { data: { by: number } }).data.by;
};

describe("append", () => {
  test("comes back at once; the save goes on behind", async () => {
    const { queue, outcomes, stored } = setUp([conflict, conflict]);
    const decide = () => counted(1);
    await queue.append("a", decide);
    expect(outcomes).toEqual([]);
    await vi.runAllTimersAsync();
    const result = { saved: true, attempts: 3, events: [{ version: 1 }], receipts: [{ version: 1 }] };
    expect(outcomes).toMatchObject([{ status: "done", actorId: "a", decide, result }]);
    expect(await stored()).toEqual([1]);
  });

  test("the first attempt is made at once, the first retry after 1 s, later ones after twice as long, 10 in all", async () => {
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

  test("chance adds up to a tenth to each wait", async () => {
    const { queue, outcomes } = setUp([conflict], { random: () => 0.5 });
    await queue.append("a", () => counted());
    await vi.advanceTimersByTimeAsync(1_049);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outcomes).toHaveLength(1);
  });

  test("another policy, also one that keeps state", async () => {
    const breaker = new CircuitBreaker({ failureThreshold: 2 });
    const { queue, outcomes } = setUp([conflict, conflict], { policy: breaker.around(simple()) });
    await queue.append("a", () => counted());
    await vi.advanceTimersByTimeAsync(100);
    expect(outcomes).toMatchObject([{ status: "failed", error: { code: "AETHER_CIRCUIT_OPEN" } }]);
    expect(breaker.stateOf("a").status).toBe("open");
  });

  test("what a decision may be: several events, nothing, a failure", async () => {
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
    "a failure is told, with what is needed to try again: %s",
    async (_what, steps, error) => {
      const { queue, outcomes } = setUp(steps, { policy: simple() });
      const decide = () => counted();
      await queue.append("a", decide);
      await vi.runAllTimersAsync();
      expect(outcomes).toEqual([{ status: "failed", actorId: "a", decide, error: expect.objectContaining(error) }]);
    },
  );

  test("onRetry and maxElapsedMs are those of appendWithRetry", async () => {
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
  test("appends of one actor are done in the order of the calls, whatever meets a conflict", async () => {
    const { queue, outcomes, stored } = setUp([conflict, conflict, "save", conflict]);
    for (const by of [1, 2, 3, 4]) await queue.append("a", () => counted(by));
    await vi.runAllTimersAsync();
    expect(await stored()).toEqual([1, 2, 3, 4]);
    expect(await Promise.all(outcomes.map(byOf))).toEqual([1, 2, 3, 4]);
  });

  test("an actor that waits does not hold up another", async () => {
    const { queue, stored } = setUp([conflict]);
    await queue.append("slow", () => counted(1));
    await queue.append("quick", () => counted(2));
    await vi.advanceTimersByTimeAsync(0);
    expect(await stored("quick")).toEqual([2]);
    expect(await stored("slow")).toEqual([]);
  });

  test("of one actor only one append is under way", async () => {
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

  test("for any appends, conflicts and capacity: all are saved once, in their order", async () => {
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

describe("room", () => {
  const full = async (options: Partial<RetryQueueOptions<Counted>> = {}) => {
    const set = setUp([conflict], { capacity: 1, ...options });
    await set.queue.append("a", () => counted(1));
    return set;
  };

  test("append waits for it, and is done in its turn", async () => {
    const { queue, stored } = await full();
    const taken = vi.fn();
    const second = queue.append("a", () => counted(2)).then(taken);
    const third = queue.append("a", () => counted(3)).then(taken);
    await vi.advanceTimersByTimeAsync(999);
    expect(taken).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([second, third]);
    await queue.drain();
    expect(await stored()).toEqual([1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("for at most 5 s, then RetryQueueFullError; it is not in the queue", async () => {
    const { queue, stored, outcomes } = await full({ policy: simple({ baseDelayMs: 30_000 }) });
    const refused = vi.fn();
    const call = queue.append("b", () => counted(2)).catch(refused);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(refused).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(refused).toHaveBeenCalledWith(
      expect.objectContaining({ code: "AETHER_RETRY_QUEUE_FULL", actorId: "b", capacity: 1, roomTimeoutMs: 5_000 }),
    );
    await vi.runAllTimersAsync();
    expect(await stored("b")).toEqual([]);
    expect(outcomes).toHaveLength(1);
  });

  test("without any wait when asked for 0 ms", async () => {
    const { queue } = await full({ roomTimeoutMs: 0 });
    const refused = expect(queue.append("b", () => counted())).rejects.toMatchObject({
      code: "AETHER_RETRY_QUEUE_FULL",
    });
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });

  test("the signal ends the wait for it and leaves no timer", async () => {
    const { queue, stored } = await full({ policy: simple({ baseDelayMs: 30_000 }) });
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = expect(queue.append("b", () => counted(), { signal: controller.signal })).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(2);
    controller.abort(reason);
    await call;
    expect(vi.getTimerCount()).toBe(1);
    await vi.runAllTimersAsync();
    expect(await stored("b")).toEqual([]);
    await expect(queue.append("b", () => counted(), { signal: controller.signal })).rejects.toBe(reason);
  });

  test("the signal does not touch what was taken", async () => {
    const { queue, stored } = setUp([conflict]);
    const controller = new AbortController();
    await queue.append("a", () => counted(1), { signal: controller.signal });
    controller.abort();
    await vi.runAllTimersAsync();
    expect(await stored()).toEqual([1]);
  });

  test("nobody overtakes those that wait", async () => {
    const { queue, stored } = await full();
    const waiting = queue.append("b", () => counted(2));
    const overtaking = queue.append("b", () => counted(3));
    await vi.runAllTimersAsync();
    await Promise.all([waiting, overtaking]);
    expect(await stored("b")).toEqual([2, 3]);
  });

  test("room and the end of the wait for it in one moment: taken or refused, never both", async () => {
    const { queue, stored, outcomes } = await full({ policy: simple({ baseDelayMs: 5_000 }) });
    const call = await Promise.allSettled([queue.append("b", () => counted(2)), vi.advanceTimersByTimeAsync(5_000)]);
    await vi.runAllTimersAsync();
    const taken = call[0].status === "fulfilled";
    expect(await stored("b")).toEqual(taken ? [2] : []);
    expect(outcomes).toHaveLength(taken ? 2 : 1);
  });
});

describe("drain", () => {
  test("resolves when nothing is in the queue, not before", async () => {
    const { queue, stored } = setUp([conflict]);
    await queue.append("a", () => counted(1));
    await queue.append("b", () => counted(2));
    const drained = vi.fn();
    const drain = queue.drain().then(drained);
    await vi.advanceTimersByTimeAsync(999);
    expect(drained).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await drain;
    expect([await stored("a"), await stored("b")]).toEqual([[1], [2]]);
    await queue.drain();
  });

  test("its signal ends the wait, not the work", async () => {
    const { queue, stored } = setUp([conflict]);
    await queue.append("a", () => counted(1));
    const controller = new AbortController();
    const reason = new Error("enough");
    const drain = expect(queue.drain({ signal: controller.signal })).rejects.toBe(reason);
    controller.abort(reason);
    await drain;
    await expect(queue.drain({ signal: controller.signal })).rejects.toBe(reason);
    await vi.runAllTimersAsync();
    expect(await stored()).toEqual([1]);
  });
});

describe("close", () => {
  test("reports what is left, in order and with what is needed to save it elsewhere, and tells onSettled", async () => {
    const { queue, outcomes, stored } = setUp([conflict]);
    const decide = [1, 2, 3].map((by) => () => counted(by));
    for (const each of decide) await queue.append("a", each);
    await vi.advanceTimersByTimeAsync(500);
    const left = await queue.close();
    expect(left).toEqual(decide.map((each) => ({ status: "left", actorId: "a", decide: each })));
    expect(outcomes).toEqual(left);
    expect(await stored()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("lets an attempt under way end: it is saved, or left", async () => {
    const answer: (() => void)[] = [];
    const slow: Step = async (save) => {
      await new Promise<void>((resolve) => answer.push(resolve));
      return save();
    };
    const { queue, outcomes, store, stored } = setUp([slow, slow]);
    await queue.append("a", () => counted(1));
    await queue.append("b", async ({ events }) => {
      await events();
      return counted(2);
    });
    await vi.advanceTimersByTimeAsync(0);
    await store.saveElsewhere("b");
    const close = queue.close();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcomes).toEqual([]);
    for (const each of answer) each();
    expect(await close).toMatchObject([{ status: "left", actorId: "b" }]);
    expect(outcomes).toMatchObject([
      { status: "done", actorId: "a" },
      { status: "left", actorId: "b" },
    ]);
    expect(await stored("a")).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("its signal ends the wait for attempts under way, not the attempts", async () => {
    let answer = (): void => {};
    const { queue, outcomes, stored } = setUp([
      async (save) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return save();
      },
    ]);
    await queue.append("a", () => counted(1));
    await queue.append("a", () => counted(2));
    await vi.advanceTimersByTimeAsync(0);
    const controller = new AbortController();
    const reason = new Error("enough");
    const close = expect(queue.close({ signal: controller.signal })).rejects.toBe(reason);
    controller.abort(reason);
    await close;
    expect(outcomes).toEqual([]);
    answer();
    expect(await queue.close()).toMatchObject([{ status: "left", actorId: "a" }]);
    expect(outcomes.map(({ status }) => status)).toEqual(["done", "left"]);
    expect(await stored()).toEqual([1]);
  });

  test("calling it again resolves to the same", async () => {
    const { queue } = setUp([conflict]);
    await queue.append("a", () => counted(1));
    await vi.advanceTimersByTimeAsync(0);
    const [first, second] = await Promise.all([queue.close(), queue.close()]);
    expect(first).toHaveLength(1);
    expect(second).toBe(first);
    expect(await queue.close()).toBe(first);
  });

  test("an outcome that was unknown before the wait is a failure, not left", async () => {
    const error = new OutcomeUnknownError({ actorId: "a", eventIds: ["x"] });
    const { queue, outcomes } = setUp([
      async () => {
        throw error;
      },
    ]);
    await queue.append("a", () => counted(1));
    await vi.advanceTimersByTimeAsync(10);
    expect(await queue.close()).toEqual([]);
    expect(outcomes).toMatchObject([{ status: "failed", error }]);
  });

  test("refuses what comes later, and what waits for room", async () => {
    const { queue, outcomes } = setUp([conflict], { capacity: 1 });
    await queue.append("a", () => counted(1));
    const closed = { code: "AETHER_RETRY_QUEUE_CLOSED", actorId: "b" };
    const waiting = expect(queue.append("b", () => counted(2))).rejects.toMatchObject(closed);
    await vi.advanceTimersByTimeAsync(0);
    expect(await queue.close()).toHaveLength(1);
    await waiting;
    await expect(queue.append("b", () => counted(3))).rejects.toMatchObject(closed);
    expect(outcomes).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("an empty queue leaves nothing", async () => {
    expect(await setUp().queue.close()).toEqual([]);
  });

  test("leaving a block drains it first: nothing is left", async () => {
    const { queue, store, stored, outcomes } = setUp([conflict, conflict]);
    const block = (async () => {
      await using own = queue;
      await own.append("a", () => counted(1));
      await own.append("a", () => counted(2));
    })();
    await vi.runAllTimersAsync();
    await block;
    expect(await stored()).toEqual([1, 2]);
    expect(outcomes.map(({ status }) => status)).toEqual(["done", "done"]);
    await expect(queue.append("a", () => counted())).rejects.toMatchObject({ code: "AETHER_RETRY_QUEUE_CLOSED" });
    expect(store.saves).toHaveLength(4);
  });
});
