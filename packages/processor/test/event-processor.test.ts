import { type Event, isAetherError, type Position, type StoredEvent, StoreUnavailableError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test, vi } from "vitest";
import { EventProcessor, type ProcessorStatus, waitForProcessor } from "../src/index.ts";
import { event, idsOf, setUp, withMalformed } from "./support.ts";

test("handles stored and new events, in order per actor", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  await store.saveEvents([event("a", 1), event("a", 2)]);
  const running = processor({ handle: async ({ id }) => void handled.push(id) });
  await running.start();
  await store.saveEvent(event("b", 1));
  const { position } = await store.saveEvent(event("a", 3));
  await running.waitFor(position);
  expect(handled.filter((id) => id.startsWith("a"))).toEqual(["a/1", "a/2", "a/3"]);
  expect(handled.toSorted()).toEqual(["a/1", "a/2", "a/3", "b/1"]);
  expect(running.status).toMatchObject({ state: "running", handledEvents: 4, isCaughtUp: true, lagEvents: 0 });
});

test("passes the position, the attempt and a signal", async () => {
  const { store, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  const handle = vi.fn();
  const running = processor({ handle });
  await running.start();
  await running.drain();
  expect(handle).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: "a/1" }), {
    position,
    partition: 0,
    leaseToken: expect.any(String),
    attempt: 1,
    signal: expect.any(AbortSignal),
  });
});

test("any number of handlers can listen to their signals without a warning", async () => {
  const warned = vi.fn();
  process.on("warning", warned);
  const { store, processor } = setUp();
  const aborted: string[] = [];
  let started = 0;
  const running = processor({
    stopTimeoutMs: 0,
    handle: async ({ actorId, version }, { signal }) => {
      started++;
      const untilAborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      if (version === 1) return;
      await untilAborted;
      aborted.push(actorId);
    },
  });
  const actorIds = Array.from({ length: 16 }, (_, index) => `actor-${index}`);
  for (const actorId of actorIds) await store.saveEvents([event(actorId, 1), event(actorId, 2)]);
  await running.start();
  await vi.waitFor(() => expect(started).toBe(32));
  await running.stop();
  expect(aborted.toSorted()).toEqual(actorIds.toSorted());
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", warned);
  expect(warned).not.toHaveBeenCalled();
});

test("continues after the checkpoint, and handles nothing twice after a stop", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const handle = ({ id }: { readonly id: string }): void => void handled.push(id);
  await store.saveEvent(event("a", 1));
  const first = processor({ handle });
  await first.start();
  await first.drain();
  await first.stop();
  await store.saveEvent(event("a", 2));
  const second = processor({ handle });
  await second.start();
  await second.drain();
  expect(handled).toEqual(["a/1", "a/2"]);
});

test.each([
  ["beginning", ["a/1", "a/2", "a/3"]],
  ["now", ["a/3"]],
  ["position", ["a/2", "a/3"]],
] as const)("starts from %s, but only without a checkpoint", async (start, expected) => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const { position } = await store.saveEvent(event("a", 1));
  await store.saveEvent(event("a", 2));
  const startFrom = start === "position" ? position : start;
  const running = processor({ startFrom, handle: ({ id }) => handled.push(id) });
  await running.start();
  await store.saveEvent(event("a", 3));
  await running.drain();
  expect(handled).toEqual(expected);
  await running.stop();
  const again = processor({ startFrom: "beginning", handle: ({ id }) => handled.push(id) });
  await again.start();
  await again.drain();
  expect(handled).toEqual(expected);
});

test("skips events of other types and actors, and advances beyond them", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const running = processor({
    eventTypes: ["Wanted"],
    actorIdPrefix: "a",
    handle: ({ id }) => handled.push(id),
  });
  await running.start();
  await store.saveEvent(event("a1", 1, "Wanted"));
  await store.saveEvent(event("b1", 1, "Wanted"));
  const { position } = await store.saveEvent(event("a1", 2, "Other"));
  await running.waitFor(position);
  expect(handled).toEqual(["a1/1"]);
  expect(running.status.partitions[0]?.handledUpTo).toBe(position);
});

test("handles different actors at the same time, up to the concurrency", async () => {
  const { store, processor } = setUp();
  const release: (() => void)[] = [];
  const running = processor({
    concurrency: 2,
    handle: () => new Promise<void>((resolve) => release.push(resolve)),
  });
  for (const actorId of ["a", "b", "c"]) await store.saveEvents([event(actorId, 1), event(actorId, 2)]);
  await running.start();
  await vi.waitFor(() => expect(release.length).toBe(2));
  expect(running.status).toMatchObject({ handlersInFlight: 2, lagEvents: 6 });
  for (let count = 1; count <= 6; count++) {
    await vi.waitFor(() => expect(release.length).toBeGreaterThan(0));
    release.shift()?.();
  }
  await running.drain();
  expect(running.status).toMatchObject({ handledEvents: 6, handlersInFlight: 0 });
});

test("with a concurrency of 1, handles the events in the order of the feed", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  for (let version = 1; version <= 20; version++)
    for (const actorId of ["a", "b", "c"]) await store.saveEvent(event(actorId, version));
  const running = processor({
    concurrency: 1,
    handle: async ({ id }) => {
      if (id.endsWith("3")) await Promise.resolve();
      handled.push(id);
    },
  });
  await running.start();
  await running.drain();
  const expected = Array.from({ length: 20 }, (_, index) =>
    ["a", "b", "c"].map((actorId) => `${actorId}/${index + 1}`),
  );
  expect(handled).toEqual(expected.flat());
});

test("reading waits while maxInFlight events are not handled", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const release: (() => void)[] = [];
  for (let index = 1; index <= 3_000; index++) await store.saveEvent(event(`actor-${index}`, 1));
  const running = processor({
    maxInFlight: 10,
    handle: async ({ id }) => {
      if (handled.length + release.length < 10) await new Promise<void>((resolve) => release.push(resolve));
      handled.push(id);
    },
  });
  await running.start();
  await vi.waitFor(() => expect(release).toHaveLength(10));
  expect(running.status).toMatchObject({ lagEvents: 10, partitions: [{ handledUpTo: undefined, waitingEvents: 10 }] });
  expect(handled).toEqual([]);
  for (const each of release) each();
  await running.drain();
  expect(handled).toHaveLength(3_000);
});

test("tries a failed event again, while other actors continue", async () => {
  const { store, processor } = setUp();
  const handled: string[] = [];
  const retries: unknown[] = [];
  let failures = 2;
  const running = processor({
    retry: { onFailure: () => ({ retryAfterMs: 1 }) },
    onRetry: ({ attempt, position, error, delayMs }) => retries.push({ attempt, position, error, delayMs }),
    handle: ({ id }, { attempt }) => {
      if (id === "a/1" && failures-- > 0) throw new Error(`failure ${attempt}`);
      handled.push(id);
    },
  });
  const { position } = await store.saveEvent(event("a", 1));
  await store.saveEvent(event("a", 2));
  await store.saveEvent(event("b", 1));
  await running.start();
  await running.drain();
  expect(handled).toEqual(["b/1", "a/1", "a/2"]);
  expect(retries).toEqual([
    { attempt: 1, position, error: new Error("failure 1"), delayMs: 1 },
    { attempt: 2, position, error: new Error("failure 2"), delayMs: 1 },
  ]);
  expect(running.status.failedAttempts).toBe(2);
});

test("stops with the error of an event that cannot be handled, its checkpoint before the event", async () => {
  const { store, documents, processor } = setUp();
  await store.saveEvent(event("a", 1));
  const { position } = await store.saveEvent(event("a", 2));
  const cause = new Error("no mail server");
  const options = { documents, retry: { onFailure: () => ({ giveUp: true as const }) } };
  const failing = processor({
    ...options,
    handle: ({ version }) => (version === 2 ? Promise.reject(cause) : undefined),
  });
  await failing.start();
  await expect(failing.untilStopped()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", position, cause });
  expect(failing.status.state).toBe("failed");
  await expect(failing.waitFor(position)).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", cause });
  await expect(failing.start()).rejects.toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", cause });
  const handled: string[] = [];
  const fixed = processor({ ...options, handle: ({ id }) => handled.push(id) });
  await fixed.start();
  await fixed.drain();
  expect(handled).toEqual(["a/2"]);
});

test("waits for running handlers when it is stopped, and then releases its partitions at once", async () => {
  const { store, processor } = setUp();
  let release = (): void => {};
  const handled: string[] = [];
  const first = processor({
    handle: async ({ id }) => {
      await new Promise<void>((resolve) => (release = resolve));
      handled.push(id);
    },
  });
  await store.saveEvent(event("a", 1));
  await store.saveEvent(event("a", 2));
  await first.start();
  await vi.waitFor(() => expect(first.status.handlersInFlight).toBe(1));
  const second = processor({ handle: ({ id }) => handled.push(`second ${id}`) });
  await second.start();
  expect(second.status.state).toBe("standby");
  const stopped = first.stop();
  expect(first.status.state).toBe("stopping");
  await vi.waitFor(() => expect(handled).toEqual([]));
  release();
  await stopped;
  await second.drain();
  expect(handled).toEqual(["a/1", "second a/2"]);
});

test("aborts the signal of handlers that do not end in time, and does not release their partitions", async () => {
  const { store, processor } = setUp();
  let aborted: unknown;
  const running = processor({
    stopTimeoutMs: 10,
    handle: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = signal.reason;
          reject(signal.reason);
        });
      }),
  });
  await store.saveEvent(event("a", 1));
  await running.start();
  await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));
  await running.stop();
  expect(aborted).toBeInstanceOf(Error);
  expect(running.status.state).toBe("stopped");
});

test("reports changes of its state", async () => {
  const { processor } = setUp();
  const states: ProcessorStatus["state"][] = [];
  const running = processor({ onStatus: ({ state }) => states.push(state) });
  await running.start();
  await vi.waitFor(() => expect(states.at(-1)).toBe("running"));
  await running.stop();
  await vi.waitFor(() => expect(states.at(-1)).toBe("stopped"));
  expect(states).toContain("stopping");
});

test("handles batches in order, and at most maxInFlight events after the stored checkpoint", async () => {
  const { store, documents, processor } = setUp();
  const batches: (readonly string[])[] = [];
  const checkpoints: unknown[] = [];
  for (let version = 1; version <= 7; version++) await store.saveEvent(event("a", version));
  const running = processor({
    maxBatchEvents: 3,
    maxInFlight: 3,
    handleBatch: async (events) => {
      batches.push(events.map(({ event: { id } }) => id));
      const record = await documents.getDocument<{ checkpoint: Position }>("aether.processor.test", "partition/0");
      checkpoints.push(record?.value.checkpoint);
    },
  });
  await running.start();
  await running.drain();
  expect(batches).toEqual([["a/1", "a/2", "a/3"], ["a/4", "a/5", "a/6"], ["a/7"]]);
  expect(new Set(checkpoints).size).toBe(3);
});

test.each(["handle", "handleBatch"] as const)("stops before a malformed record, or skips it, with %s", async (kind) => {
  const { store, documents } = setUp();
  await store.saveEvents([event("a", 1), event("a", 2), event("a", 3)]);
  const damaged = withMalformed(store, "a/2");
  const handled: string[] = [];
  const options = {
    name: "test",
    documents,
    ...(kind === "handle"
      ? { handle: ({ id }: Event) => void handled.push(id) }
      : { handleBatch: (events: readonly StoredEvent[]) => void handled.push(...idsOf(events)) }),
  };
  const stopped = new EventProcessor(damaged, options);
  await stopped.start();
  const error = await stopped.untilStopped().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "AETHER_PROCESSOR_STOPPED", cause: new Error("malformed") });
  expect(handled).toEqual(["a/1"]);
  await using skipping = new EventProcessor(damaged, { ...options, onMalformed: "skip" });
  await skipping.start();
  await skipping.drain();
  expect(handled).toEqual(["a/1", "a/3"]);
  expect(skipping.status.skippedRecords).toBe(1);
});

test("waits for the position of a receipt, in any process", async () => {
  const { store, documents, processor } = setUp();
  const handled: string[] = [];
  const running = processor({ handle: async ({ id }) => void handled.push(id) });
  await running.start();
  await running.waitFor(await store.saveEvent(event("a", 1)));
  expect(handled).toEqual(["a/1"]);
  await waitForProcessor(documents, "test", await store.saveEvent(event("a", 2)), { store });
  expect(handled).toEqual(["a/1", "a/2"]);
  for (const target of [undefined, null, "", 1, {}, { position: 1 }]) {
    const invalid = { code: "AETHER_INVALID_ARGUMENT", argument: "position" };
    await expect(running.waitFor(target as never)).rejects.toMatchObject(invalid);
    await expect(waitForProcessor(documents, "test", target as never)).rejects.toMatchObject(invalid);
  }
});

test("a wait ends with the position that was reached, or with the reason of its signal", async () => {
  const { store, processor } = setUp();
  const running = processor({ handle: () => new Promise(() => {}), stopTimeoutMs: 0 });
  await store.saveEvent(event("a", 1, "Other"));
  const { position } = await store.saveEvent(event("a", 2));
  await running.start();
  const error = await running.waitFor(position, { timeoutMs: 20 }).catch((reason: unknown) => reason);
  expect(isAetherError(error, "AETHER_WAIT_TIMED_OUT") && [error.position, error.timeoutMs]).toEqual([position, 20]);
  const reason = new Error("enough");
  await expect(running.waitFor(position, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test("a wait for a position of another store is an error", async () => {
  const { store, processor } = setUp();
  const other = setUp();
  const running = processor({});
  await running.start();
  const { position } = await other.store.saveEvent(event("a", 1));
  await expect(running.waitFor(position)).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  await store.saveEvents([event("a", 1), event("a", 2)]);
  await running.drain();
  await expect(running.waitFor(position)).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
});

test("a wait does not end at the checkpoint of a store that was created again", async () => {
  const { store, documents, processor } = setUp();
  await store.saveEvents([event("a", 1), event("a", 2)]);
  const former = processor({});
  await former.start();
  await former.drain();
  await former.stop();
  const created = new MemoryEventStore();
  const { position } = await created.saveEvent(event("a", 1));
  await expect(waitForProcessor(documents, "test", position, { store: created })).rejects.toMatchObject({
    code: "AETHER_STREAM_RESET",
  });
  await using running = new EventProcessor(created, { name: "test", documents, handle: () => {} });
  await running.start();
  await expect(running.waitFor(position)).rejects.toMatchObject({
    code: expect.stringMatching(/^AETHER_(STREAM_RESET|PROCESSOR_STOPPED)$/),
  });
});

test("a start that cannot start after its position is rejected, and can be repeated with another one", async () => {
  const { store, processor } = setUp();
  const other = await setUp().store.saveEvent(event("b", 1));
  await store.saveEvent(event("a", 1));
  for (const [startFrom, code] of [
    ["tomorrow" as Position, "AETHER_INVALID_ARGUMENT"],
    [other.position, "AETHER_STREAM_RESET"],
  ] as const)
    await expect(processor({ startFrom }).start()).rejects.toMatchObject({ code });
  const handled: string[] = [];
  const running = processor({ handle: ({ id }) => handled.push(id) });
  await running.start();
  await running.drain();
  expect(handled).toEqual(["a/1"]);
});

test("a wait reads no events to verify a position of the same store", async () => {
  const { store, processor } = setUp();
  const running = processor({});
  await running.start();
  await store.saveEvent(event("a", 1));
  await running.drain();
  const read = vi.spyOn(store, "readFeed");
  const { position } = await store.saveEvent(event("a", 2));
  await running.waitFor(position);
  expect(read).not.toHaveBeenCalled();
});

test("rejects invalid options before anything is written", async () => {
  const { documents, processor } = setUp();
  for (const options of [
    { name: "" },
    { name: "\ud800" },
    { handle: undefined },
    { handleBatch: () => {}, handle: () => {} },
    { concurrency: 0 },
    { partitions: 2 },
    { onFailure: "ignore" },
    { leaseMs: 1 },
    { checkpointMs: 9_000 },
    { startFrom: 7 },
    { startFrom: "" },
    { onFailure: "park", handleBatch: () => {}, handle: undefined },
  ])
    expect(() => processor(options as never), JSON.stringify(options)).toThrow(
      expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT" }),
    );
  for await (const document of documents.listDocuments("aether.processor.test")) expect(document).toBeUndefined();
});

test("a wait says why the processor does not run", async () => {
  const { store, processor } = setUp();
  const { position } = await store.saveEvent(event("a", 1));
  const running = processor({});
  await expect(running.waitFor(position)).rejects.toMatchObject({ reason: "not started" });
  await running.start();
  await running.stop();
  await expect(running.waitFor(position)).rejects.toMatchObject({ reason: "stopped" });
});

test("the status shows a failure, and no problem that is over", async () => {
  const { store, documents, processor } = setUp();
  let isDown = false;
  const unreliable = new Proxy(documents, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      const unavailable = new StoreUnavailableError({ operation: "write a document", reason: "it is down" });
      return isDown && key === "putDocument" ? () => Promise.reject(unavailable) : value.bind(target);
    },
  });
  const running = processor({ documents: unreliable, leaseMs: 300, handle: () => Promise.reject(new Error("broken")) });
  await running.start();
  expect(running.status).toMatchObject({ problem: undefined });
  isDown = true;
  await vi.waitFor(() => expect(running.status.problem).toContain("it is down"));
  isDown = false;
  await vi.waitFor(() => expect(running.status).toMatchObject({ state: "running", problem: undefined }));
  const failing = processor({
    name: "other",
    retry: { onFailure: () => ({ giveUp: true }) },
    handle: () => Promise.reject(new Error("broken")),
  });
  await failing.start();
  await store.saveEvent(event("a", 1));
  await expect(failing.untilStopped()).rejects.toMatchObject({ reason: "failed" });
  expect(failing.status).toMatchObject({ state: "failed", problem: expect.stringContaining("broken") });
});

test("a failure is printed only if nothing else reports it", async () => {
  const { store, processor } = setUp();
  const print = vi.spyOn(console, "error").mockImplementation(() => {});
  const handle = (): void => {
    throw new Error("broken");
  };
  const options = { handle, retry: { onFailure: () => ({ giveUp: true as const }) } };
  await store.saveEvent(event("a", 1));
  const silent = processor({ ...options, name: "silent" });
  await silent.start();
  await expect(silent.untilStopped()).rejects.toThrow("broken");
  const watched = processor({ ...options, name: "watched", onStatus: () => {} });
  await watched.start();
  await vi.waitFor(() => expect(watched.status.state).toBe("failed"));
  expect(print).not.toHaveBeenCalled();
  const ignored = processor({ ...options, name: "ignored" });
  await ignored.start();
  await vi.waitFor(() => expect(ignored.status.state).toBe("failed"));
  expect(print.mock.calls).toEqual([[expect.stringMatching(/^@aether: processor "ignored" has failed at .*: broken/)]]);
  print.mockRestore();
});

test("an error of onStatus is shown in the status, and stops nothing", async () => {
  const { store, processor } = setUp();
  const running = processor({
    onStatus: () => {
      throw new Error("no metrics");
    },
  });
  await running.start();
  await store.saveEvent(event("a", 1));
  await running.drain();
  expect(running.status).toMatchObject({ state: "running", problem: "no metrics" });
});
