import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type RetryQueueOptions, simple } from "../../src/index.ts";
import { type Counted, counted } from "../counting.ts";
import { conflict, setUp } from "./queue-set-up.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a full queue", () => {
  const full = async (options: Partial<RetryQueueOptions<Counted>> = {}) => {
    const context = setUp([conflict], { capacity: 1, ...options });
    await context.queue.append("a", () => counted(1));
    return context;
  };

  test("makes append wait for room, and keeps the order", async () => {
    const { queue, stored } = await full();
    const accepted = vi.fn();
    const second = queue.append("a", () => counted(2)).then(accepted);
    const third = queue.append("a", () => counted(3)).then(accepted);
    await vi.advanceTimersByTimeAsync(999);
    expect(accepted).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([second, third]);
    await queue.drain();
    expect(await stored()).toEqual([1, 2, 3]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("rejects the append after 5 s with RetryQueueFullError", async () => {
    const { queue, stored, outcomes } = await full({ policy: simple({ baseDelayMs: 30_000 }) });
    const rejected = vi.fn();
    const call = queue.append("b", () => counted(2)).catch(rejected);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(rejected).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await call;
    expect(rejected).toHaveBeenCalledWith(
      expect.objectContaining({ code: "AETHER_RETRY_QUEUE_FULL", actorId: "b", capacity: 1, roomTimeoutMs: 5_000 }),
    );
    await vi.runAllTimersAsync();
    expect(await stored("b")).toEqual([]);
    expect(outcomes).toHaveLength(1);
  });

  test("rejects at once if roomTimeoutMs is 0", async () => {
    const { queue } = await full({ roomTimeoutMs: 0 });
    const rejected = expect(queue.append("b", () => counted())).rejects.toMatchObject({
      code: "AETHER_RETRY_QUEUE_FULL",
    });
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
  });

  test("stops waiting when the signal aborts, and leaves no timer", async () => {
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

  test("an accepted append is not affected by the signal", async () => {
    const { queue, stored } = setUp([conflict]);
    const controller = new AbortController();
    await queue.append("a", () => counted(1), { signal: controller.signal });
    controller.abort();
    await vi.runAllTimersAsync();
    expect(await stored()).toEqual([1]);
  });

  test("accepts waiting appends in the order of the calls", async () => {
    const { queue, stored } = await full();
    const waiting = queue.append("b", () => counted(2));
    const overtaking = queue.append("b", () => counted(3));
    await vi.runAllTimersAsync();
    await Promise.all([waiting, overtaking]);
    expect(await stored("b")).toEqual([2, 3]);
  });

  test("either accepts or rejects the append if room and timeout come at the same moment", async () => {
    const { queue, stored, outcomes } = await full({ policy: simple({ baseDelayMs: 5_000 }) });
    const call = await Promise.allSettled([queue.append("b", () => counted(2)), vi.advanceTimersByTimeAsync(5_000)]);
    await vi.runAllTimersAsync();
    const accepted = call[0].status === "fulfilled";
    expect(await stored("b")).toEqual(accepted ? [2] : []);
    expect(outcomes).toHaveLength(accepted ? 2 : 1);
  });
});
