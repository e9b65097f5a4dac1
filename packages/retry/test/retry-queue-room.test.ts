import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type RetryQueueOptions, simple } from "../src/index.ts";
import { type Counted, counted } from "./counting.ts";
import { conflict, setUp } from "./queue-set-up.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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
