import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { abortable, onAbort } from "../src/index.ts";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;
const never = new Promise<never>(() => {});

describe("onAbort", () => {
  test("calls every listener once, in order, and leaves no listener on the signal", () => {
    const controller = new AbortController();
    const calls: number[] = [];
    for (const n of [1, 2, 3]) onAbort(controller.signal, () => calls.push(n));
    expect(listenersOf(controller.signal)).toBe(1);
    controller.abort();
    expect(calls).toEqual([1, 2, 3]);
    expect(listenersOf(controller.signal)).toBe(0);
  });

  test("does not call a listener that was removed, even by an earlier listener", () => {
    const controller = new AbortController();
    const removed = vi.fn();
    onAbort(controller.signal, () => stop());
    const stop = onAbort(controller.signal, removed);
    controller.abort();
    expect(removed).not.toHaveBeenCalled();
  });

  test("adds the same listener as often as it is called, and removes only one of them", () => {
    const controller = new AbortController();
    const listener = vi.fn();
    const stop = onAbort(controller.signal, listener);
    onAbort(controller.signal, listener);
    stop();
    stop();
    controller.abort();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test("does not call the listener of a signal that was already aborted", () => {
    const signal = AbortSignal.abort();
    const listener = vi.fn();
    onAbort(signal, listener)();
    expect(listener).not.toHaveBeenCalled();
    expect(listenersOf(signal)).toBe(0);
  });

  test("can be used again after all listeners were removed", () => {
    const controller = new AbortController();
    const stop = onAbort(controller.signal, () => {});
    stop();
    expect(listenersOf(controller.signal)).toBe(0);
    const listener = vi.fn();
    onAbort(controller.signal, listener);
    stop();
    controller.abort();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test("a listener that throws does not prevent the others, and its error is uncaught", async () => {
    const controller = new AbortController();
    const failure = new Error("no");
    const queued: (() => void)[] = [];
    vi.spyOn(globalThis, "queueMicrotask").mockImplementation((work) => void queued.push(work));
    const listener = vi.fn();
    onAbort(controller.signal, () => {
      throw failure;
    });
    onAbort(controller.signal, listener);
    controller.abort();
    expect(listener).toHaveBeenCalledTimes(1);
    expect(queued).toHaveLength(1);
    expect(queued[0]).toThrow(failure);
  });
});

describe("abortable", () => {
  test("settles as the promise does", async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
    const failure = new Error("no");
    await expect(abortable(Promise.reject(failure), signal)).rejects.toBe(failure);
    await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
    expect(listenersOf(signal)).toBe(0);
  });

  test("rejects with the reason once the signal is aborted, before or during the call", async () => {
    const reason = new Error("enough");
    await expect(abortable(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test("leaves no unhandled rejection if the promise rejects after the abort", async () => {
    const reason = new Error("enough");
    const late = new Promise<never>((_, reject) => setImmediate(() => reject(new Error("late"))));
    await expect(abortable(late, AbortSignal.abort(reason))).rejects.toBe(reason);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  });
});
