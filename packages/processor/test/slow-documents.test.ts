import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { event, setUp } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([0.3, 0.45])("keeps the lease if a write takes %d of its time", async (share) => {
  const { store, documents, processor } = setUp();
  const leaseMs = 1_000;
  const putDocument = documents.putDocument.bind(documents);
  vi.spyOn(documents, "putDocument").mockImplementation(async (collection, id, value, options) => {
    const revision = await putDocument(collection, id, value, options);
    if (id.startsWith("partition/")) await new Promise((resolve) => setTimeout(resolve, share * leaseMs));
    return revision;
  });
  await store.saveEvent(event("a", 1));
  const running = processor({ leaseMs });
  await running.start();
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  expect(running.status).toMatchObject({ state: "running", handledEvents: 1, lostLeases: 0, takeovers: 0 });
  const stopped = running.stop();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await stopped;
});
