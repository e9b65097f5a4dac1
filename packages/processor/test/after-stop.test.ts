import { type DocumentStore, StoreUnavailableError } from "@aether/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { event, setUp } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Makes calls for the index of parked actors fail from now on. */
function loseIndex(documents: DocumentStore, method: "getDocument" | "putDocument"): () => number {
  const original = documents[method].bind(documents) as (...args: unknown[]) => Promise<never>;
  let calls = 0;
  vi.spyOn(documents, method).mockImplementation(async (...args: unknown[]) => {
    if (args[1] !== "parked/0") return original(...args);
    calls++;
    throw new StoreUnavailableError({ operation: "read a document", reason: "the connection is closed" });
  });
  return () => calls;
}

test("nothing continues after a stop while the parked actors cannot be read", async () => {
  const { documents, processor } = setUp();
  const calls = loseIndex(documents, "getDocument");
  const running = processor({ stopTimeoutMs: 0 });
  await running.start();
  await vi.waitFor(() => expect(calls()).toBeGreaterThan(0));
  const stopped = running.stop();
  await vi.advanceTimersByTimeAsync(2_000);
  await stopped;
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("nothing continues after a stop while an actor cannot be parked", async () => {
  const { store, documents, processor } = setUp();
  let fail = (): void => {};
  const running = processor({
    onFailure: "park",
    retry: { onFailure: () => ({ giveUp: true }) },
    handle: () => new Promise((_, reject) => (fail = () => reject(new Error("broken")))),
  });
  await running.start();
  await store.saveEvent(event("a", 1));
  await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));
  const calls = loseIndex(documents, "putDocument");
  const stopped = running.stop();
  fail();
  await vi.advanceTimersByTimeAsync(2_000);
  await stopped;
  await vi.advanceTimersByTimeAsync(0);
  expect(calls()).toBeGreaterThan(0);
  expect(vi.getTimerCount()).toBe(0);
});
