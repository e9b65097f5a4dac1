import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SaveRequest } from "../src/append/save-request.ts";
import { SaveTimeouts } from "../src/append/save-timeouts.ts";

const ACK_TIMEOUT_MS = 1_000;
const actor = { id: "a", subject: "es.events.c.~.a" };
const event = { id: "e1", actorId: "a", version: 1, eventType: "T", data: {}, timestamp: "2026-01-01T00:00:00Z" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Time limits, the set of pending saves, and a function that starts a save. */
function limits() {
  const pending = new Set<SaveRequest>();
  const timeouts = new SaveTimeouts(ACK_TIMEOUT_MS, () => pending);
  /** Starts a save. The outcome has an error once the save has failed. */
  const start = () => {
    const request = new SaveRequest(actor, [event], undefined);
    const outcome: { error?: unknown } = {};
    request.done.catch((error) => {
      outcome.error = error;
      pending.delete(request);
    });
    pending.add(request);
    timeouts.start();
    return { request, outcome };
  };
  return { pending, timeouts, start };
}

describe("a pending save whose time is over", () => {
  test("has stored nothing if it was not sent", async () => {
    const { start } = limits();
    const { outcome } = start();
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS);
    expect(outcome.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.1);
    expect(outcome.error).toMatchObject({ name: "NoReplyError", reason: "time-out" });
  });

  test("has an unknown outcome if it was sent", async () => {
    const { start } = limits();
    const { request, outcome } = start();
    request.markSent();
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 1.1);
    expect(outcome.error).toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", eventIds: ["e1"] });
  });

  test("is ended wherever it waits, and the others are not", async () => {
    const { pending, start } = limits();
    const early = start();
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS / 2);
    const late = start();
    pending.delete(early.request);
    pending.add(early.request); // its commit was rejected, so it waits again
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.6);
    expect(early.outcome.error).toBeDefined();
    expect(late.outcome.error).toBeUndefined();
  });
});

test("only a commit that begins soon after the call ends its saves in time", async () => {
  const { timeouts, start } = limits();
  const { request } = start();
  expect(timeouts.isEndedByCommit(request)).toBe(true);
  await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.1);
  expect(timeouts.isEndedByCommit(request)).toBe(false);
});

test("the timer stops once no save is pending", async () => {
  const { pending, start } = limits();
  start();
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(1);
  pending.clear();
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(0);
});
