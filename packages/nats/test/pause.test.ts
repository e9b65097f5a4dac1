import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pause } from "../src/index.ts";

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
