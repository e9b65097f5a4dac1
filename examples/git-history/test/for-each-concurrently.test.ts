import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { forEachConcurrently } from "../src/for-each-concurrently.ts";

const numbers = Array.from({ length: 20 }, (_, index) => index);

describe("forEachConcurrently", () => {
  it("does everything once, so many at a time and no more", async () => {
    const done: number[] = [];
    let underWay = 0;
    let most = 0;
    const action = async (number: number): Promise<void> => {
      most = Math.max(most, ++underWay);
      await setImmediate();
      underWay -= 1;
      done.push(number);
    };
    await forEachConcurrently(numbers, action, { limit: 3 });
    expect(done.sort((a, b) => a - b)).toEqual(numbers);
    expect(most).toBe(3);
  });

  it("begins nothing after a failure, and waits for what is under way", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const action = async (number: number): Promise<void> => {
      begun.push(number);
      if (number === 1) throw new Error("one");
      await setImmediate();
      ended.push(number);
    };
    await expect(forEachConcurrently(numbers, action, { limit: 3 })).rejects.toThrow("one");
    expect(begun).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 2]);
  });

  it("begins nothing after an abort", async () => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const begun: number[] = [];
    const action = async (number: number): Promise<void> => {
      begun.push(number);
      controller.abort(reason);
    };
    const all = forEachConcurrently(numbers, action, { limit: 1, signal: controller.signal });
    await expect(all).rejects.toBe(reason);
    expect(begun).toEqual([0]);
  });
});
