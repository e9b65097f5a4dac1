import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { abortable, pause } from "../src/abortable.ts";

describe("abortable", () => {
  test("settles as the promise does", async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
    const failure = new Error("no");
    await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure);
    await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
  });

  test("rejects with the reason once the signal is aborted, before or during the call", async () => {
    const never = new Promise<never>(() => {});
    const reason = new Error("enough");
    await expect(abortable(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe("pause", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("resolves after the time", async () => {
    const done = vi.fn();
    const paused = pause(50).then(done);
    await vi.advanceTimersByTimeAsync(49);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await paused;
    expect(done).toHaveBeenCalledOnce();
  });

  test("rejects with the reason and leaves no timer once the signal is aborted", async () => {
    const reason = new Error("enough");
    await expect(pause(50, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const paused = pause(50, controller.signal);
    controller.abort(reason);
    await expect(paused).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});
