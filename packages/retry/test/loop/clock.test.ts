import { getEventListeners } from "node:events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appendWithRetry, simple, systemClock } from "../../src/index.ts";
import { conflictAt, counted } from "../counting.ts";
import { ScriptedStore } from "../scripted-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A signal that counts its listeners. */
function watchedSignal(): { readonly controller: AbortController; listeners(): number } {
  const controller = new AbortController();
  const { signal } = controller;
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  return { controller, listeners: () => added.mock.calls.length - removed.mock.calls.length };
}

describe("systemClock", () => {
  test("sleeps for the given time of its own clock", async () => {
    const startedMs = systemClock.now();
    let wokenMs: number | undefined;
    const sleep = systemClock.sleep(1_500).then(() => {
      wokenMs = systemClock.now() - startedMs;
    });
    await vi.advanceTimersByTimeAsync(1_499);
    expect(wokenMs).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await sleep;
    expect(wokenMs).toBe(1_500);
  });

  test("sleeps for at most 24 days if the time is too long for a timer", async () => {
    let woken = false;
    const sleep = systemClock.sleep(Number.MAX_VALUE).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(24 * 86_400_000);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(86_400_000);
    await sleep;
  });

  test("lets other tasks run even if the time is 0 ms", async () => {
    let woken = false;
    const sleep = systemClock.sleep(0).then(() => {
      woken = true;
    });
    for (let microtask = 0; microtask < 10; microtask++) await Promise.resolve();
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleep;
  });

  test("leaves no listener after a sleep", async () => {
    const { controller, listeners } = watchedSignal();
    const sleep = systemClock.sleep(10, controller.signal);
    expect(listeners()).toBe(1);
    await vi.advanceTimersByTimeAsync(10);
    await sleep;
    expect(listeners()).toBe(0);
  });

  test("adds one listener to a signal for any number of sleeps, and an abort ends them all", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const sleeps = Array.from({ length: 100 }, () => systemClock.sleep(10, controller.signal).catch((error) => error));
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    controller.abort(reason);
    expect(new Set(await Promise.all(sleeps))).toEqual(new Set([reason]));
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("rejects at once if the signal is already aborted", async () => {
    const reason = new Error("before");
    await expect(systemClock.sleep(10, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("an abort at any moment ends a wait within a tick and leaves no timer", async () => {
  const policy = simple({ maxAttempts: Number.POSITIVE_INFINITY, maxDelayMs: 5_000 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 30_000 }), async (afterMs) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const steps = Array.from({ length: 100 }, () => async () => {
        throw conflictAt(1);
      });
      const settled = vi.fn();
      const call = appendWithRetry(new ScriptedStore(...steps), "a", () => counted(), {
        policy,
        signal: controller.signal,
      });
      call.catch(settled);
      await vi.advanceTimersByTimeAsync(afterMs);
      expect(vi.getTimerCount()).toBe(1);
      controller.abort(reason);
      await vi.advanceTimersByTimeAsync(0);
      expect(settled).toHaveBeenCalledExactlyOnceWith(reason);
      expect(vi.getTimerCount()).toBe(0);
    }),
  );
});
