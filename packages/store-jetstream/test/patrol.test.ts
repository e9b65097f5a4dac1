import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Patrol } from "../src/stream/patrol.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("checks every 30 seconds, even after a check that failed, until it is stopped", async () => {
  const check = vi.fn(() => Promise.reject(new Error("no answer")));
  const patrol = new Patrol({ isClosed: false }, check);
  await vi.advanceTimersByTimeAsync(29_999);
  expect(check).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(check).toHaveBeenCalledTimes(3);
  patrol.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(check).toHaveBeenCalledTimes(3);
});

test("ends once the connection is closed", async () => {
  const check = vi.fn(async () => {});
  const link = { isClosed: false };
  new Patrol(link, check);
  await vi.advanceTimersByTimeAsync(30_000);
  link.isClosed = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(check).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
