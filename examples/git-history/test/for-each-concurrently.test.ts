import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { forEachConcurrently } from "../src/for-each-concurrently.ts";

const numbers = Array.from({ length: 20 }, (_, index) => index);

describe("forEachConcurrently", () => {
  it("calls the action once per item, with at most the given number of calls at a time", async () => {
    const done: number[] = [];
    let inFlight = 0;
    let maxInFlight = 0;
    const action = async (number: number): Promise<void> => {
      maxInFlight = Math.max(maxInFlight, ++inFlight);
      await setImmediate();
      inFlight -= 1;
      done.push(number);
    };
    await forEachConcurrently(numbers, action, { limit: 3 });
    expect(done.sort((a, b) => a - b)).toEqual(numbers);
    expect(maxInFlight).toBe(3);
  });

  it("starts nothing after a failure, and waits for the calls in flight", async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const action = async (number: number): Promise<void> => {
      started.push(number);
      if (number === 1) throw new Error("one");
      await setImmediate();
      ended.push(number);
    };
    await expect(forEachConcurrently(numbers, action, { limit: 3 })).rejects.toThrow("one");
    expect(started).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 2]);
  });

  it("starts nothing after an abort", async () => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const started: number[] = [];
    const action = async (number: number): Promise<void> => {
      started.push(number);
      controller.abort(reason);
    };
    const all = forEachConcurrently(numbers, action, { limit: 1, signal: controller.signal });
    await expect(all).rejects.toBe(reason);
    expect(started).toEqual([0]);
  });
});
