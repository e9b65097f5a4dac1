import {
  type DocumentWrite,
  type EventsOf,
  type FeedEventStore,
  isAetherError,
  OutcomeUnknownError,
  RevisionConflictError,
} from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { EventProcessor } from "../src/index.ts";
import { event, setUp } from "./support.ts";

const count = (value: number): DocumentWrite => ({ type: "put", collection: "counts", id: "all", value: { value } });

test("stores the writes of a batch together with its checkpoint, or neither", async () => {
  const { store, documents, processor } = setUp();
  for (let version = 1; version <= 5; version++) await store.saveEvent(event("a", version));
  const write = vi.spyOn(documents, "writeDocuments");
  let total = 0;
  const running = processor({
    maxBatchEvents: 2,
    handleBatch: async (events) => {
      total += events.length;
      return { writes: [count(total)] };
    },
  });
  await running.start();
  await running.drain();
  expect((await documents.getDocument("counts", "all"))?.value).toEqual({ value: 5 });
  expect(write.mock.calls.map(([writes]) => writes.map(({ id }) => id))).toEqual(
    Array.from({ length: 3 }, () => ["partition/0", "all"]),
  );
});

test("calls the handler again if a write of its batch is not possible", async () => {
  const { store, documents, processor } = setUp();
  await store.saveEvent(event("a", 1));
  const revision = await documents.putDocument("counts", "all", { value: 7 });
  const attempts: number[] = [];
  const running = processor({
    retry: { onFailure: () => ({ retryAfterMs: 1 }) },
    handleBatch: (_, { attempt }) => {
      attempts.push(attempt);
      return { writes: [{ ...count(8), expectedRevision: attempt === 1 ? "absent" : revision }] };
    },
  });
  await running.start();
  await running.drain();
  expect(attempts).toEqual([1, 2]);
  expect((await documents.getDocument("counts", "all"))?.value).toEqual({ value: 8 });
  expect(running.status.lostLeases).toBe(0);
});

test.each(["partition/0", "all"])(
  "handles a batch once whose writes are stored after another attempt has begun (conflict of %s)",
  async (conflictId) => {
    const { store, documents, processor } = setUp();
    await store.saveEvents([event("a", 1), event("a", 2)]);
    const writeDocuments = documents.writeDocuments.bind(documents);
    let storeFirst: (() => Promise<unknown>) | undefined;
    vi.spyOn(documents, "writeDocuments").mockImplementationOnce(async (writes) => {
      storeFirst = () => writeDocuments(writes);
      throw new OutcomeUnknownError({ document: { collection: "counts", id: "all" } });
    });
    vi.spyOn(documents, "writeDocuments").mockImplementation(async (writes, options) => {
      const late = storeFirst;
      storeFirst = undefined;
      await late?.();
      return writeDocuments(writes, options).catch((error: unknown) => {
        // A store may check the documents in any order.
        const isReportedFirst = conflictId === "all" && isAetherError(error, "AETHER_REVISION_CONFLICT");
        throw isReportedFirst ? new RevisionConflictError({ ...error, collection: "counts", id: "all" }) : error;
      });
    });
    const calls: number[] = [];
    const running = processor({
      maxBatchEvents: 1,
      retry: { onFailure: () => ({ retryAfterMs: 1 }) },
      handleBatch: async () => {
        const found = await documents.getDocument<{ value: number }>("counts", "all");
        const value = (found?.value.value ?? 0) + 1;
        calls.push(value);
        return { writes: [{ ...count(value), expectedRevision: found?.revision ?? "absent" }] };
      },
    });
    await running.start();
    await running.drain();
    expect(calls).toEqual([1, 2]);
    expect((await documents.getDocument("counts", "all"))?.value).toEqual({ value: 2 });
  },
);

test.each([true, false])("stops at the event of a batch that its error names: %s", async (isNamed) => {
  const { store, processor } = setUp();
  const { position: first } = await store.saveEvent(event("a", 1));
  const { position: second } = await store.saveEvent(event("a", 2));
  const running = processor({
    retry: { onFailure: () => ({ giveUp: true }) },
    handleBatch: () => {
      throw Object.assign(new Error("broken"), { position: isNamed ? second : "elsewhere" });
    },
  });
  await running.start();
  await expect(running.untilStopped()).rejects.toMatchObject({ position: isNamed ? second : first });
});

test("stops if the documents cannot be written together", async () => {
  const { store, documents, processor } = setUp();
  await store.saveEvent(event("a", 1));
  const single = new Proxy(documents, {
    get: (target, key) => {
      if (key === "supports") return { durable: true, shared: true };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const running = processor({
    documents: single,
    retry: { onFailure: () => ({ giveUp: true }) },
    handleBatch: () => ({ writes: [count(1)] }),
  });
  await running.start();
  await expect(running.untilStopped()).rejects.toMatchObject({ cause: { code: "AETHER_UNSUPPORTED" } });
});

/** Returns a store whose pages have two events. */
function paged(store: MemoryEventStore): MemoryEventStore {
  const readFeed: FeedEventStore["readFeed"] = async function* (options) {
    for await (const { events, errors, position, isCaughtUp } of store.readFeed(options)) {
      for (let start = 0; start === 0 || start < events.length; start += 2) {
        const part = events.slice(start, start + 2);
        const isLast = start + 2 >= events.length;
        yield { events: part, errors, position: part.at(-1)?.position ?? position, isCaughtUp: isLast && isCaughtUp };
      }
    }
  };
  return new Proxy(store, {
    get: (target, key) => {
      if (key === "readFeed") return readFeed;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("handles small pages together as long as more is stored, and the rest at once", async () => {
  const { store, documents } = setUp();
  for (let version = 1; version <= 15; version++) await store.saveEvent(event("a", version));
  const sizes: number[] = [];
  await using running = new EventProcessor(paged(store), {
    name: "test",
    documents,
    maxBatchEvents: 6,
    handleBatch: (events) => void sizes.push(events.length),
  });
  await running.start();
  await running.drain();
  expect(sizes).toEqual([6, 6, 3]);
  await running.waitFor((await store.saveEvent(event("a", 16))).position);
  expect(sizes).toEqual([6, 6, 3, 1]);
});

test("does not add large pages up", async () => {
  const { store, documents } = setUp();
  const data = { text: "x".repeat(1_500_000) };
  for (let version = 1; version <= 9; version++) await store.saveEvent({ ...event("a", version), data });
  const sizes: number[] = [];
  await using running = new EventProcessor(paged(store), {
    name: "test",
    documents,
    maxBatchEvents: 100,
    handleBatch: (events) => void sizes.push(events.length),
  });
  await running.start();
  await running.drain();
  expect(sizes).toEqual([6, 3]);
});

test("stop aborts a batch that does not end in time, and does not wait for one that ignores this", async () => {
  const { store, processor } = setUp();
  await store.saveEvent(event("a", 1));
  let isAborted = false;
  const running = processor({
    stopTimeoutMs: 20,
    handleBatch: async (_, { signal }) => {
      signal.addEventListener("abort", () => (isAborted = true));
      await new Promise(() => {});
    },
  });
  await running.start();
  await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));
  await running.stop();
  expect(isAborted).toBe(true);
  expect(running.status.state).toBe("stopped");
});

test("stop waits for a batch, and keeps its checkpoint", async () => {
  const { store, documents, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  let end = (): void => {};
  const running = processor({ handleBatch: () => new Promise<void>((resolve) => (end = resolve)) });
  await running.start();
  await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));
  const stopped = running.stop();
  end();
  await stopped;
  const record = await documents.getDocument("aether.processor.test", "partition/0");
  expect(record?.value).toMatchObject({ checkpoint: position, isReleased: true });
});

test("with partitionBy none, the owner of each partition handles all events", async () => {
  const { store, processor } = setUp();
  const handled = new Map<number, string[]>();
  for (let index = 1; index <= 20; index++) await store.saveEvent(event(`actor-${index}`, 1));
  const options = {
    partitions: 16,
    partitionBy: "none",
    handleBatch: (events: readonly { readonly event: { readonly id: string } }[], context: { partition: number }) => {
      const own = handled.get(context.partition) ?? [];
      handled.set(context.partition, [...own, ...events.map(({ event: { id } }) => id)]);
    },
  } as const;
  const running = processor(options);
  await running.start();
  await running.drain();
  const all = Array.from({ length: 20 }, (_, index) => `actor-${index + 1}/1`);
  expect([...handled.keys()].toSorted((one, other) => one - other)).toEqual(Array.from({ length: 16 }, (_, n) => n));
  for (const ids of handled.values()) expect(ids).toEqual(all);
  await running.stop();
  await expect(processor({ ...options, partitionBy: "actor" }).start()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_MISMATCH",
    setting: "partitionBy",
  });
});

test("the types of the events narrow the events of the handler", async () => {
  type OrderEvent = EventsOf<{ Placed: { item: string }; Paid: { amount: number } }>;
  const store = new MemoryEventStore<OrderEvent>();
  const { documents } = setUp();
  const amounts: number[] = [];
  await using processor = new EventProcessor(store, {
    name: "paid",
    documents,
    eventTypes: ["Paid"],
    handle: ({ data }) => void amounts.push(data.amount),
  });
  await store.saveEvent({ actorId: "a", version: 1, eventType: "Placed", data: { item: "lamp" } });
  await store.saveEvent({ actorId: "a", version: 2, eventType: "Paid", data: { amount: 7 } });
  await processor.start();
  await processor.drain();
  expect(amounts).toEqual([7]);
});

test("a checkpoint that was stored with writes never moves back", async () => {
  const { store, documents } = setUp();
  const checkpoints: (string | null)[] = [];
  const noted = (value: object): void => {
    if ("checkpoint" in value) checkpoints.push(value.checkpoint as string | null);
  };
  // The batch is stored when the lease has to be renewed.
  const slow = new Proxy(documents, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      if (key === "putDocument") {
        return (...args: Parameters<typeof documents.putDocument>) => {
          noted(args[2]);
          return target.putDocument(...args);
        };
      }
      if (key !== "writeDocuments") return value.bind(target);
      return async (...args: Parameters<typeof documents.writeDocuments>) => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        for (const write of args[0]) if (write.type === "put") noted(write.value);
        return target.writeDocuments(...args);
      };
    },
  });
  await store.saveEvent(event("a", 1));
  const handleBatch = () => ({ writes: [count(1)] });
  await using running = new EventProcessor(store, { name: "test", documents: slow, leaseMs: 300, handleBatch });
  await running.start();
  await running.drain();
  await running.stop();
  const reached = checkpoints.findIndex((checkpoint) => checkpoint !== null);
  expect(checkpoints.length).toBeGreaterThan(reached + 1);
  expect(checkpoints.slice(reached)).not.toContain(null);
});

test("calls that wait for a position do not wait for the checkpoint of a batch without writes", async () => {
  const { store, documents, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  let isBlocked = false;
  const blocked = new Proxy(documents, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: never[]): unknown =>
        isBlocked && key === "putDocument"
          ? new Promise(() => {})
          : (value as (...all: never[]) => unknown).apply(target, args);
    },
  });
  const running = processor({
    documents: blocked,
    leaseMs: 300,
    stopTimeoutMs: 0,
    handleBatch: () => {
      isBlocked = true;
    },
  });
  await running.start();
  await running.waitFor(position, { timeoutMs: 1_000 });
  isBlocked = false;
});
