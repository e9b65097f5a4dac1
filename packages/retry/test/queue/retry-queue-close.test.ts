import { OutcomeUnknownError } from "@aether/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { counted } from "../counting.ts";
import type { Step } from "../scripted-store.ts";
import { conflict, setUp } from "./queue-set-up.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("drain", () => {
  test("does not resolve until the queue is empty", async () => {
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

  test("waits for appends that are added during the wait", async () => {
    const context = setUp([conflict, "save", conflict], {
      onSettled: ({ actorId }) => {
        if (actorId === "a") void context.queue.append("b", () => counted(2));
      },
    });
    await context.queue.append("a", () => counted(1));
    const drain = context.queue.drain().then(() => context.stored("b"));
    await vi.runAllTimersAsync();
    expect(await drain).toEqual([2]);
  });

  test("its signal ends the wait, not the appends", async () => {
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
  test("resolves to the appends that are left, in order, and reports them to onSettled", async () => {
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

  test("lets an attempt in flight finish: it is saved, or left", async () => {
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

  test("its signal ends the wait for attempts in flight, not the attempts", async () => {
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

  test("closes the queue without waiting if the signal is already aborted", async () => {
    const { queue, outcomes } = setUp();
    await queue.append("a", () => new Promise(() => {}));
    const reason = new Error("enough");
    await expect(queue.close({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(queue.append("a", () => counted())).rejects.toMatchObject({ code: "AETHER_RETRY_QUEUE_CLOSED" });
    expect(outcomes).toEqual([]);
  });

  test("at any moment, an append that waits for room is either accepted and reported, or rejected", async () => {
    for (let microtasks = 0; microtasks < 40; microtasks++) {
      let answer = (): void => {};
      const gate = new Promise<undefined>((resolve) => {
        answer = () => resolve(undefined);
      });
      const { queue, outcomes } = setUp([], { capacity: 1 });
      await queue.append("a", () => gate);
      await vi.advanceTimersByTimeAsync(0);
      let rejected = 0;
      const waiting = queue.append("b", () => counted()).catch(() => rejected++);
      await vi.advanceTimersByTimeAsync(0);
      answer();
      for (let step = 0; step < microtasks; step++) await Promise.resolve();
      await queue.close();
      const settled = outcomes.length;
      await waiting;
      await vi.runAllTimersAsync();
      expect(settled + rejected).toBe(2);
      expect(outcomes).toHaveLength(settled);
    }
  });

  test("further calls resolve to the same result", async () => {
    const { queue } = setUp([conflict]);
    await queue.append("a", () => counted(1));
    await vi.advanceTimersByTimeAsync(0);
    const [first, second] = await Promise.all([queue.close(), queue.close()]);
    expect(first).toHaveLength(1);
    expect(second).toBe(first);
    expect(await queue.close()).toBe(first);
  });

  test("reports an append with an unknown outcome as failed, not left", async () => {
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

  test("rejects later appends, and those that wait for room", async () => {
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

  test("resolves to nothing if the queue is empty", async () => {
    expect(await setUp().queue.close()).toEqual([]);
  });

  test("await using drains the queue first: nothing is left", async () => {
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
