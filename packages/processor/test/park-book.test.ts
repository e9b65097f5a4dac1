import { OutcomeUnknownError, type Position } from "@aether/core";
import { systemClock } from "@aether/retry";
import { MemoryDocumentStore } from "@aether/store-memory";
import { afterEach, expect, test, vi } from "vitest";
import { discardParked, parkedActors, retryParked } from "../src/index.ts";
import { Lease } from "../src/leases/lease.ts";
import { ParkBook } from "../src/parking/park-book.ts";
import type { ParkRecord } from "../src/state/park-index.ts";
import { collectionOf } from "../src/state/processor-documents.ts";

const leases: Lease[] = [];
afterEach(() => {
  for (const lease of leases.splice(0)) lease.abandon();
});

const record = (actorId: string): ParkRecord => ({
  actorId,
  position: `position of ${actorId}` as Position,
  eventId: `${actorId}/1`,
  after: null,
  eventType: "Happened",
  version: 1,
  parkedAt: "2026-01-01T00:00:00.000Z",
  attempts: 1,
  error: { name: "Error", message: "broken", code: null },
  request: null,
});

/** Takes over partition 0, whatever its state, and opens the index of its parked actors. */
async function takeOver(documents: MemoryDocumentStore): Promise<{ readonly lease: Lease; readonly parks: ParkBook }> {
  const parts = { documents, name: "test", leaseMs: 10_000, clock: systemClock, startAfter: null };
  const seen = await documents.getDocument(collectionOf("test"), "partition/0");
  const lease = await Lease.take(parts, 0, seen);
  if (lease === undefined) throw new Error("the partition was not taken over");
  leases.push(lease);
  const parks = await ParkBook.open({ documents, name: "test", clock: systemClock, lease, pauseMs: 1 });
  return { lease, parks };
}

async function startedDocuments(): Promise<MemoryDocumentStore> {
  const documents = new MemoryDocumentStore();
  const settings = { partitions: 1, dividesActors: true, startAfter: null };
  await documents.putDocument(collectionOf("test"), "settings", settings);
  return documents;
}

test.each([true, false])("a former owner can no longer park an actor, with an index before: %s", async (hadIndex) => {
  const documents = await startedDocuments();
  const former = await takeOver(documents);
  if (hadIndex) await former.parks.put(record("a"));
  const { parks } = await takeOver(documents);
  await expect(former.parks.put(record("late"))).rejects.toMatchObject({ code: "AETHER_LEASE_LOST", partition: 0 });
  expect(former.lease.signal.aborted).toBe(true);
  expect(parks.records.map(({ actorId }) => actorId)).toEqual(hadIndex ? ["a"] : []);
  const stored = await parkedActors(documents, "test");
  expect(stored.map(({ actorId }) => actorId)).toEqual(hadIndex ? ["a"] : []);
});

test("the owner's next write keeps a request that it has not seen", async () => {
  const documents = await startedDocuments();
  const { parks } = await takeOver(documents);
  await Promise.all([parks.put(record("a")), parks.put(record("b")), parks.put(record("c"))]);
  expect(await retryParked(documents, "test", "a")).toBe(true);
  expect(await discardParked(documents, "test", "b")).toBe(true);
  await parks.remove("c");
  const requests = parks.records.map(({ actorId, request }) => [actorId, request]);
  expect(requests).toEqual([
    ["a", "retry"],
    ["b", "discard"],
  ]);
  expect((await parkedActors(documents, "test")).map(({ actorId, request }) => [actorId, request])).toEqual(requests);
});

test("a request is kept if it was stored after a write whose outcome is unknown", async () => {
  const documents = await startedDocuments();
  const { parks } = await takeOver(documents);
  const putDocument = documents.putDocument.bind(documents);
  vi.spyOn(documents, "putDocument").mockImplementationOnce(async (collection, id, value, options) => {
    await putDocument(collection, id, value, options);
    expect(await retryParked(documents, "test", "a")).toBe(true);
    throw new OutcomeUnknownError({ document: { collection, id } });
  });
  await parks.put(record("a"));
  await parks.put(record("b"));
  expect(parks.get("a")?.request).toBe("retry");
  expect(await parkedActors(documents, "test")).toMatchObject([{ request: "retry" }, { request: null }]);
});

test.each(["position of a", "a later position"])(
  "a request for an earlier failure does not apply to a later one (%s)",
  async (position) => {
    const documents = await startedDocuments();
    const { parks } = await takeOver(documents);
    await parks.put(record("a"));
    await retryParked(documents, "test", "a");
    const seen = await documents.getDocument(collectionOf("test"), "parked/0");
    // The owner has seen the request, and its retry has failed.
    await parks.put({ ...record("a"), position: position as Position });
    if (seen !== undefined) parks.learn(seen);
    expect(parks.get("a")?.request).toBeNull();
    expect(await parkedActors(documents, "test")).toMatchObject([{ actorId: "a", request: null }]);
    expect(await retryParked(documents, "test", "a")).toBe(true);
    await parks.put(record("b"));
    expect(parks.get("a")?.request).toBe("retry");
  },
);
