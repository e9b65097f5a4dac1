import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SaveRequest } from "../src/append/save-request.ts";
import { SaveTimeouts } from "../src/append/save-timeouts.ts";

const ACK_TIMEOUT_MS = 1_000;
const actor = { id: "a", subject: "es.events.c.~.a" };
const event = { id: "e1", actorId: "a", version: 1, eventType: "T", data: {}, timestamp: "2026-01-01T00:00:00Z" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A save whose time runs, and its outcome once it has one. */
function start(timeouts: SaveTimeouts) {
  const request = new SaveRequest(actor, [event], undefined, (settled) => timeouts.stop(settled));
  const outcome: { error?: unknown } = {};
  request.done.catch((error) => {
    outcome.error = error;
  });
  timeouts.start(request);
  return { request, outcome };
}

describe("a save whose time is over", () => {
  test("has stored nothing if it was not sent", async () => {
    const { outcome } = start(new SaveTimeouts(ACK_TIMEOUT_MS));
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS);
    expect(outcome.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.1);
    expect(outcome.error).toMatchObject({ name: "NoReplyError", reason: "time-out" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("has an unknown outcome if its commit began late", async () => {
    const timeouts = new SaveTimeouts(ACK_TIMEOUT_MS);
    const { request, outcome } = start(timeouts);
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS / 2);
    request.markSent();
    timeouts.leaveToCommit(request);
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.6);
    expect(outcome.error).toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", eventIds: ["e1"] });
  });

  test("is left to its commit if that began at once", async () => {
    const timeouts = new SaveTimeouts(ACK_TIMEOUT_MS);
    const { request, outcome } = start(timeouts);
    request.markSent();
    timeouts.leaveToCommit(request);
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 2);
    expect(outcome.error).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is ended even if a save that began later waits before it", async () => {
    const timeouts = new SaveTimeouts(ACK_TIMEOUT_MS);
    const early = start(timeouts);
    timeouts.leaveToCommit(early.request);
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS / 2);
    const late = start(timeouts);
    timeouts.start(early.request); // the server rejected its commit
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 0.6);
    expect(early.outcome.error).toBeDefined();
    expect(late.outcome.error).toBeUndefined();
  });
});

test("a settled save stops the timer", async () => {
  const timeouts = new SaveTimeouts(ACK_TIMEOUT_MS);
  const { request } = start(timeouts);
  request.stored(7, 0);
  expect(await request.done).toMatchObject([{ id: "e1", version: 1 }]);
  await vi.advanceTimersByTimeAsync(100);
  expect(vi.getTimerCount()).toBe(0);
});
