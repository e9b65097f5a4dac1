import { isAetherError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { EventProcessor, type ProcessorOptions, retryParked } from "../src/index.ts";
import type { PartitionRecord } from "../src/state/partition-record.ts";
import { mortal } from "./mortal.ts";
import { event, setUp } from "./support.ts";

const ACTORS = 300;
/** The handler of the first actor's events always fails, and is retried. */
const BAD = "actor-1";
const patient: ProcessorOptions["retry"] = { onFailure: () => ({ retryAfterMs: 5 }) };

async function saveAll(store: MemoryEventStore): Promise<void> {
  for (let index = 1; index <= ACTORS; index++) await store.saveEvent(event(`actor-${index}`, 1));
}

/** Options of a processor whose handler notes what it has handled. */
function noting(handled: string[]): Partial<ProcessorOptions> {
  return {
    retry: patient,
    handle: async ({ id, actorId }) => {
      await Promise.resolve();
      if (actorId === BAD) throw new Error("broken");
      handled.push(id);
    },
  };
}

/** Saves the events, and stops a processor once it has handled all but the one that fails. */
async function handleAllButOne({ store, processor }: ReturnType<typeof setUp>): Promise<void> {
  await saveAll(store);
  const first: string[] = [];
  const stopped = processor(noting(first));
  await stopped.start();
  await vi.waitFor(() => expect(first).toHaveLength(ACTORS - 1));
  await stopped.stop();
}

test("while an actor fails, all others continue, beyond maxInFlight", async () => {
  const { store, processor } = setUp();
  await saveAll(store);
  const handled: string[] = [];
  const running = processor({ maxInFlight: 10, ...noting(handled) });
  await running.start();
  await vi.waitFor(() => expect(handled).toHaveLength(ACTORS - 1));
  expect(running.status).toMatchObject({ lagEvents: 1, partitions: [{ handledUpTo: undefined }] });
});

test("after a stop, only the event that failed is handled again", async () => {
  const stores = setUp();
  const { store, processor } = stores;
  await handleAllButOne(stores);
  await store.saveEvent(event(BAD, 2));
  const second: string[] = [];
  const next = processor({ handle: ({ id }) => void second.push(id) });
  await next.start();
  await next.drain();
  expect(second).toEqual([`${BAD}/1`, `${BAD}/2`]);
});

test("after a failure, only the event that failed is handled again", async () => {
  const { store, processor } = setUp();
  await saveAll(store);
  const first: string[] = [];
  let isLast = false;
  const failing = processor({
    ...noting(first),
    retry: { onFailure: () => (isLast ? { giveUp: true } : { retryAfterMs: 1 }) },
  });
  await failing.start();
  await vi.waitFor(() => expect(first).toHaveLength(ACTORS - 1));
  isLast = true;
  await expect(failing.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED" });
  const second: string[] = [];
  const next = processor({ handle: ({ id }) => void second.push(id) });
  await next.start();
  await next.drain();
  expect(second).toEqual([`${BAD}/1`]);
});

test("after a crash, the events that were stored as handled are not handled again", async () => {
  const { store, documents, processor } = setUp();
  await saveAll(store);
  const process = mortal(documents);
  const first: string[] = [];
  const options = { name: "test", leaseMs: 150, checkpointMs: 5, handle: () => {}, ...noting(first) };
  const crashed = new EventProcessor(store, { ...options, stopTimeoutMs: 0, documents: process.documents });
  await crashed.start();
  await vi.waitFor(async () => {
    const record = await documents.getDocument<PartitionRecord>("aether.processor.test", "partition/0");
    expect(record?.value).toMatchObject({ checkpoint: null, ahead: { open: [expect.any(String)] } });
    expect(record?.value.ahead?.upTo).toBe(await store.getLatestPosition());
  });
  process.kill();
  const second: string[] = [];
  const next = processor({ leaseMs: 600, handle: ({ id }) => void second.push(id) });
  await next.start();
  await next.drain();
  expect(second).toEqual([`${BAD}/1`]);
});

test("a parked actor's events are all handled by a retry, also those that a former owner has skipped", async () => {
  const { store, documents, processor } = setUp();
  const first: string[] = [];
  await store.saveEvent(event(BAD, 1));
  await store.saveEvents([event("parked", 1), event("parked", 2)]);
  await store.saveEvents([event("other", 1), event("other", 2)]);
  await store.saveEvent(event("parked", 3));
  const stopped = processor({
    onFailure: "park",
    retry: { onFailure: ({ actorId }) => (actorId === BAD ? { retryAfterMs: 5 } : { giveUp: true }) },
    handle: async ({ id, actorId }) => {
      if (actorId !== "other") throw new Error("broken");
      first.push(id);
    },
  });
  await stopped.start();
  await vi.waitFor(() => expect(stopped.status).toMatchObject({ parkedActors: 1, lagEvents: 1 }));
  await stopped.stop();
  expect(first).toEqual(["other/1", "other/2"]);
  expect(await retryParked(documents, "test", "parked")).toBe(true);
  const second: string[] = [];
  const next = processor({ onFailure: "park", handle: ({ id }) => void second.push(id) });
  await next.start();
  await store.saveEvent(event("parked", 4));
  await vi.waitFor(() => expect(second).toHaveLength(5));
  await next.drain();
  expect(second.filter((id) => id.startsWith("parked"))).toEqual(["parked/1", "parked/2", "parked/3", "parked/4"]);
  expect(second).toContain(`${BAD}/1`);
});

test("events of another store at the same place are not skipped", async () => {
  const stores = setUp();
  await handleAllButOne(stores);
  const other = new MemoryEventStore();
  await saveAll(other);
  const handle = vi.fn();
  await using next = new EventProcessor(other, { name: "test", documents: stores.documents, handle });
  await next.start();
  const error = await next.untilStopped().catch((reason: unknown) => reason);
  expect(isAetherError(error, "AETHER_PROCESSOR_STOPPED") && error.cause).toMatchObject({
    code: "AETHER_STREAM_RESET",
  });
  expect(handle).not.toHaveBeenCalled();
});

test.each(["a failure", "a stop"])("after %s, no event after an unfinished batch is passed over", async (end) => {
  const { store, processor } = setUp();
  for (let version = 1; version <= 7; version++) await store.saveEvent(event("a", version, "Used"));
  await store.saveEvent(event("a", 8, "Other"));
  const sizes: number[] = [];
  const ended = processor({
    eventTypes: ["Used"],
    maxBatchEvents: 3,
    retry: { onFailure: () => (end === "a stop" ? { retryAfterMs: 5 } : { giveUp: true }) },
    handleBatch: (events) => {
      sizes.push(events.length);
      if (sizes.length > 1) throw new Error("broken");
    },
  });
  await ended.start();
  await vi.waitFor(() => expect(sizes.length).toBeGreaterThan(1));
  if (end === "a stop") await ended.stop();
  else await ended.untilStopped().catch(() => {});
  const handled: string[] = [];
  const next = processor({
    eventTypes: ["Used"],
    handleBatch: (events) => void handled.push(...events.map(({ event: { id } }) => id)),
  });
  await next.start();
  await next.drain();
  expect(handled).toEqual(["a/4", "a/5", "a/6", "a/7"]);
});

test("a crash during a batch loses no event of it, even if events after it were handled before", async () => {
  const { store, documents, processor } = setUp();
  for (let index = 1; index <= 5; index++) await store.saveEvent(event(`${index}`, 1));
  const first = processor({
    retry: patient,
    handle: async ({ actorId }) => {
      if (["1", "3"].includes(actorId)) throw new Error("broken");
    },
  });
  await first.start();
  await vi.waitFor(() => expect(first.status.lagEvents).toBe(2));
  await first.stop();
  const process = mortal(documents);
  const options = { name: "test", leaseMs: 150, checkpointMs: 5, maxBatchEvents: 2, stopTimeoutMs: 0 };
  const handleBatch = vi.fn(() => new Promise<void>(() => {}));
  const crashed = new EventProcessor(store, { ...options, documents: process.documents, handleBatch });
  await crashed.start();
  await vi.waitFor(() => expect(handleBatch).toHaveBeenCalled());
  const put = vi.spyOn(documents, "putDocument");
  await vi.waitFor(() => expect(put.mock.calls.some(([, id]) => id === "partition/0")).toBe(true));
  process.kill();
  const second: string[] = [];
  const next = processor({ leaseMs: 600, handle: ({ id }) => void second.push(id) });
  await next.start();
  await next.drain();
  expect(second).toEqual(expect.arrayContaining(["1/1", "3/1"]));
});
