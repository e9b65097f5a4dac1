import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { appendWithRetry, simple, systemClock } from "../src/index.ts";
import { conflictAt, counted } from "./counting.ts";
import { ScriptedStore } from "./scripted-store.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A signal, and how many listeners it has. */
function watchedSignal(): { readonly controller: AbortController; listeners(): number } {
  const controller = new AbortController();
  const { signal } = controller;
  const added = vi.spyOn(signal, "addEventListener");
  const removed = vi.spyOn(signal, "removeEventListener");
  return { controller, listeners: () => added.mock.calls.length - removed.mock.calls.length };
}

describe("systemClock", () => {
  test("sleeps as long as it is asked to, by its own time", async () => {
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

  test("sleeps for 24 days at most, and not for no time when that is too long for a timer", async () => {
    let woken = false;
    const sleep = systemClock.sleep(Number.MAX_VALUE).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(24 * 86_400_000);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(86_400_000);
    await sleep;
  });

  test("lets others go on even when it is asked for 0 ms", async () => {
    let woken = false;
    const sleep = systemClock.sleep(0).then(() => {
      woken = true;
    });
    for (let microtask = 0; microtask < 10; microtask++) await Promise.resolve();
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleep;
  });

  test("a sleep that ended leaves no listener behind", async () => {
    const { controller, listeners } = watchedSignal();
    const sleep = systemClock.sleep(10, controller.signal);
    expect(listeners()).toBe(1);
    await vi.advanceTimersByTimeAsync(10);
    await sleep;
    expect(listeners()).toBe(0);
  });

  test("an aborted signal: it does not begin", async () => {
    const reason = new Error("before");
    await expect(systemClock.sleep(10, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("at any moment, an abort ends a wait within a tick and leaves no timer", async () => {
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
