import {
  type DocumentStore,
  type Event,
  type FeedEventStore,
  HistoryTruncatedError,
  OutcomeUnknownError,
  type Position,
  StoreUnavailableError,
} from "@aether/core";
import { expect, test, vi } from "vitest";
import {
  discardParked,
  EventProcessor,
  type HandlerRetryPolicy,
  parkedActors,
  retryParked,
  waitForProcessor,
} from "../src/index.ts";
import type { PartitionRecord } from "../src/state/partition-record.ts";
import { collectionOf } from "../src/state/processor-documents.ts";
import { event, setUp } from "./support.ts";

const never: HandlerRetryPolicy = { onFailure: () => ({ giveUp: true }) };

/** A handler that fails for some events, and notes the others. */
function handlerFailingOn(...ids: readonly string[]): {
  readonly handled: string[];
  readonly broken: Set<string>;
  readonly handle: (event: Event) => Promise<void>;
} {
  const handled: string[] = [];
  const broken = new Set(ids);
  return {
    handled,
    broken,
    handle: async ({ id }) => {
      await Promise.resolve();
      if (broken.has(id)) throw Object.assign(new TypeError(`cannot handle ${id}`), { code: "E_BROKEN" });
      handled.push(id);
    },
  };
}

const ofActor = (actorId: string, ids: readonly string[]): readonly string[] =>
  ids.filter((id) => id.startsWith(`${actorId}/`));

const untilNoneParked = (documents: DocumentStore): Promise<void> =>
  vi.waitFor(async () => expect(await parkedActors(documents, "test")).toEqual([]));

test("parks only the actor of an event that cannot be handled", async () => {
  const { store, documents, processor } = setUp();
  const { handled, handle } = handlerFailingOn("a/2");
  for (let version = 1; version <= 3; version++) await store.saveEvents([event("a", version)]);
  const { position } = await store.saveEvent(event("b", 1));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await running.waitFor(position, { actorId: "b" });
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(1));
  expect(handled.toSorted()).toEqual(["a/1", "b/1"]);
  const [parked, ...others] = await running.parked();
  expect(others).toEqual([]);
  expect(parked).toMatchObject({
    actorId: "a",
    eventId: "a/2",
    eventType: "Happened",
    version: 2,
    attempts: 1,
    error: { name: "TypeError", message: "cannot handle a/2", code: "E_BROKEN" },
    request: null,
  });
  expect(await parkedActors(documents, "test")).toEqual([parked]);
  await vi.waitFor(() => expect(running.status).toMatchObject({ lagEvents: 0, isCaughtUp: true, parkings: 1 }));
  await expect(running.waitFor(position)).rejects.toMatchObject({
    code: "AETHER_ACTOR_PARKED",
    actorId: "a",
    position: parked?.position,
  });
});

test.each([1, 16] as const)(
  "handles a parked actor again, in order, while others continue (concurrency %d)",
  async (concurrency) => {
    const { store, documents, processor } = setUp();
    const { handled, broken, handle } = handlerFailingOn("a/2");
    for (let version = 1; version <= 4; version++) {
      await store.saveEvent(event("a", version));
      await store.saveEvent(event("b", version));
    }
    const running = processor({ handle, retry: never, onFailure: "park", concurrency });
    await running.start();
    await vi.waitFor(() => expect(running.status).toMatchObject({ parkedActors: 1, lagEvents: 0 }));
    broken.clear();
    const saving = (async () => {
      for (let version = 5; version <= 60; version++) {
        await store.saveEvent(event("a", version));
        await store.saveEvent(event("b", version));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    expect(await running.retryParked("a")).toBe(true);
    await saving;
    await untilNoneParked(documents);
    await running.drain();
    const all = Array.from({ length: 60 }, (_, index) => index + 1);
    expect(ofActor("a", handled)).toEqual(all.map((version) => `a/${version}`));
    expect(ofActor("b", handled)).toEqual(all.map((version) => `b/${version}`));
  },
);

test("retries several parked actors at the same time", async () => {
  const { store, documents, processor } = setUp();
  const actors = ["a", "b", "c", "d"];
  for (const actorId of actors) await store.saveEvent(event(actorId, 1));
  let isBroken = true;
  const waiting: (() => void)[] = [];
  const handle = async (): Promise<void> => {
    if (isBroken) throw new Error("broken");
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const running = processor({ handle, retry: never, onFailure: "park", concurrency: 3 });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(4));
  isBroken = false;
  for (const actorId of actors) await running.retryParked(actorId);
  await vi.waitFor(() => expect(waiting).toHaveLength(3));
  for (const resume of waiting.splice(0)) resume();
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  for (const resume of waiting) resume();
  await untilNoneParked(documents);
});

test("parks the actor again if another event fails, and then continues there", async () => {
  const { store, documents, processor } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1", "a/3");
  for (let version = 1; version <= 4; version++) await store.saveEvent(event("a", version));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(1));
  broken.delete("a/1");
  await running.retryParked("a");
  await vi.waitFor(async () => expect((await running.parked())[0]?.eventId).toBe("a/3"));
  broken.clear();
  await running.retryParked("a");
  await untilNoneParked(documents);
  expect(handled).toEqual(["a/1", "a/2", "a/3", "a/4"]);
});

test("carries a request out once, even if the retry fails", async () => {
  const { store, processor } = setUp();
  await store.saveEvent(event("a", 1));
  const handle = vi.fn(() => Promise.reject(new Error("broken")));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(1));
  for (const calls of [2, 3]) {
    expect(await running.retryParked("a")).toBe(true);
    await vi.waitFor(async () => expect(await running.parked()).toMatchObject([{ request: null }]));
    expect(handle).toHaveBeenCalledTimes(calls);
  }
});

test("skips the failed event of a parked actor for good, and continues with the later ones", async () => {
  const { store, documents, processor } = setUp();
  const { handled, handle } = handlerFailingOn("a/1");
  for (let version = 1; version <= 3; version++) await store.saveEvent(event("a", version));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(1));
  expect(await discardParked(documents, "test", "a")).toBe(true);
  await untilNoneParked(documents);
  await running.drain();
  expect(handled).toEqual(["a/2", "a/3"]);
});

test("parked actors and requests survive a restart", async () => {
  const { store, documents, processor } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1");
  await store.saveEvent(event("a", 1));
  const first = processor({ handle, retry: never, onFailure: "park" });
  await first.start();
  await vi.waitFor(() => expect(first.status.parkedActors).toBe(1));
  await store.saveEvent(event("a", 2));
  await vi.waitFor(() => expect(first.status).toMatchObject({ lagEvents: 0 }));
  await first.stop();
  broken.clear();
  await store.saveEvent(event("a", 3));
  const second = processor({ handle, retry: never, onFailure: "park" });
  await second.start();
  await store.saveEvent(event("b", 1));
  await vi.waitFor(() => expect(handled).toEqual(["b/1"]));
  await second.stop();
  expect(await retryParked(documents, "test", "a")).toBe(true);
  const third = processor({ handle, retry: never, onFailure: "park" });
  await third.start();
  await untilNoneParked(documents);
  await third.drain();
  expect(handled).toEqual(["b/1", "a/1", "a/2", "a/3"]);
});

test("a retry continues where it was when the store has become unavailable", async () => {
  const { store, documents } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1");
  await store.saveEvents([event("a", 1), event("a", 2)]);
  let failures = 1;
  const readFeed: FeedEventStore["readFeed"] = async function* (options) {
    for await (const page of store.readFeed(options)) {
      const fails = options?.actorIdPrefix === "a" && failures-- > 0;
      yield fails ? { ...page, isCaughtUp: false } : page;
      if (fails) throw new StoreUnavailableError({ operation: "read", reason: "the connection is closed" });
    }
  };
  const flaky = new Proxy(store, {
    get: (target, key) => {
      if (key === "readFeed") return readFeed;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const options = { name: "test", documents, handle, retry: never, onFailure: "park" } as const;
  await using running = new EventProcessor(flaky, options);
  await running.start();
  await vi.waitFor(() => expect(running.status).toMatchObject({ parkedActors: 1, lagEvents: 0 }));
  broken.clear();
  await running.retryParked("a");
  await vi.waitFor(async () => expect(await running.parked()).toEqual([]), { timeout: 5_000 });
  expect(failures).toBeLessThan(1);
  expect(handled).toEqual(["a/1", "a/2"]);
});

test("a parked actor continues although events before it, or its failed event, have expired", async () => {
  const { store, documents } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1", "d/1");
  let endOther = (): void => {};
  const other = new Promise<void>((resolve) => (endOther = resolve));
  const positions = new Map<string, Position>();
  for (const [actorId, version] of [
    ["b", 1],
    ["c", 1],
    ["a", 1],
    ["a", 2],
    ["d", 1],
    ["d", 2],
  ] as const)
    positions.set(`${actorId}/${version}`, (await store.saveEvent(event(actorId, version))).position);
  // Of actor a, everything before the failed event has expired; of actor d, the failed event, too.
  const first = new Map([
    ["a", positions.get("c/1")],
    ["d", positions.get("d/1")],
  ]);
  const readFeed: FeedEventStore["readFeed"] = async function* (options) {
    const isExpired = (options?.after ?? "") < (first.get(options?.actorIdPrefix ?? "") ?? "");
    if (isExpired) throw new HistoryTruncatedError({ actorId: undefined, firstVersion: undefined });
    yield* store.readFeed(options);
  };
  const truncated = Object.create(store, { readFeed: { value: readFeed } }) as typeof store;
  await using running = new EventProcessor(truncated, {
    ...{ name: "test", documents, retry: never, onFailure: "park" as const },
    handle: async (each) => (each.id === "b/1" ? other : handle(each)),
  });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(2));
  broken.clear();
  for (const actorId of ["a", "d"]) await running.retryParked(actorId);
  await vi.waitFor(async () =>
    expect(await running.parked()).toMatchObject([
      { actorId: "d", error: { code: "AETHER_HISTORY_TRUNCATED" }, request: null },
    ]),
  );
  await running.discardParked("d");
  await untilNoneParked(documents);
  expect(handled.toSorted()).toEqual(["a/1", "a/2", "c/1", "d/2"]);
  endOther();
});

test("a retry that was stopped continues after the last event that it has handled", async () => {
  const { store, documents, processor } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1");
  await store.saveEvents([event("a", 1), event("a", 2)]);
  let stopped: Promise<void> | undefined;
  const first = processor({
    retry: never,
    onFailure: "park",
    handle: async (each) => {
      if (broken.size === 0) stopped = first.stop();
      await handle(each);
    },
  });
  await first.start();
  await vi.waitFor(() => expect(first.status).toMatchObject({ parkedActors: 1, lagEvents: 0 }));
  broken.clear();
  await first.retryParked("a");
  await first.untilStopped();
  await stopped;
  expect(handled).toEqual(["a/1"]);
  const second = processor({ handle, retry: never, onFailure: "park" });
  await second.start();
  await untilNoneParked(documents);
  expect(handled).toEqual(["a/1", "a/2"]);
});

test("a request to discard whose outcome is unknown does not discard a later event", async () => {
  const { store, documents, processor } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1", "a/2");
  await store.saveEvents([event("a", 1), event("a", 2), event("a", 3)]);
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status).toMatchObject({ parkedActors: 1, lagEvents: 0 }));
  const putDocument = documents.putDocument.bind(documents);
  vi.spyOn(documents, "putDocument").mockImplementation(async (collection, id, value, options) => {
    const revision = await putDocument(collection, id, value, options);
    const isRequest = id.startsWith("parked/") && JSON.stringify(value).includes('"request":"discard"');
    if (!isRequest) return revision;
    // The owner carries the request out before its sender learns that the outcome is unknown.
    await vi.waitFor(async () => expect((await running.parked())[0]?.eventId).toBe("a/2"));
    throw new OutcomeUnknownError({ document: { collection, id } });
  });
  expect(await discardParked(documents, "test", "a")).toBe(true);
  broken.clear();
  expect((await running.parked())[0]).toMatchObject({ eventId: "a/2", request: null });
  await running.retryParked("a");
  await untilNoneParked(documents);
  expect(handled).toEqual(["a/2", "a/3"]);
});

test("a request applies only to the event that its sender has seen", async () => {
  const { store, documents, processor } = setUp();
  const { handled, handle } = handlerFailingOn("a/1", "a/2");
  await store.saveEvents([event("a", 1), event("a", 2), event("a", 3)]);
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status).toMatchObject({ parkedActors: 1, lagEvents: 0 }));
  // Two operators look at the same list. Both discard the event that they see.
  expect(await discardParked(documents, "test", "a", { eventId: "a/1" })).toBe(true);
  await vi.waitFor(async () => expect((await running.parked())[0]?.eventId).toBe("a/2"));
  expect(await discardParked(documents, "test", "a", { eventId: "a/1" })).toBe(false);
  expect(await running.discardParked("a", { eventId: "a/1" })).toBe(false);
  expect(await retryParked(documents, "test", "a", { eventId: "a/1" })).toBe(false);
  expect(await running.retryParked("a", { eventId: "a/1" })).toBe(false);
  expect((await running.parked())[0]).toMatchObject({ eventId: "a/2", request: null });
  expect(await running.discardParked("a", { eventId: "a/2" })).toBe(true);
  await untilNoneParked(documents);
  expect(handled).toEqual(["a/3"]);
  for (const eventId of ["", 7 as never])
    await expect(retryParked(documents, "test", "a", { eventId })).rejects.toMatchObject({
      code: "AETHER_INVALID_ARGUMENT",
      argument: "options.eventId",
    });
});

test("a second request does not replace the first one", async () => {
  const { store, documents, processor } = setUp();
  const { handle } = handlerFailingOn("a/1");
  await store.saveEvent(event("a", 1));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(1));
  await running.stop(); // so that nothing is carried out
  expect(await retryParked(documents, "test", "a")).toBe(true);
  expect(await discardParked(documents, "test", "a")).toBe(false);
  expect(await retryParked(documents, "test", "a")).toBe(true);
  expect(await parkedActors(documents, "test")).toMatchObject([{ eventId: "a/1", request: "retry" }]);
});

test("requests for actors that are not parked have no effect", async () => {
  const { documents, processor } = setUp();
  expect(await retryParked(documents, "test", "a")).toBe(false);
  const running = processor({ onFailure: "park" });
  await running.start();
  expect(await running.retryParked("a")).toBe(false);
  expect(await running.discardParked("a")).toBe(false);
});

test("stops if too many actors would be parked", async () => {
  const { store, processor } = setUp();
  const running = processor({
    retry: never,
    onFailure: "park",
    maxParkedActors: 2,
    concurrency: 1,
    handle: () => Promise.reject(new Error("no database")),
  });
  for (const actorId of ["a", "b", "c"]) await store.saveEvent(event(actorId, 1));
  await running.start();
  await expect(running.untilStopped()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_STOPPED",
    cause: new Error("no database"),
  });
  expect(await running.parked()).toHaveLength(2);
});

test("errors of any kind can be stored", async () => {
  const { store, processor } = setUp();
  const thrown: Record<string, unknown> = {
    a: "text",
    b: undefined,
    c: Object.create(null),
    d: new Error(`\ud800${"x".repeat(10_000)}`),
    e: null,
  };
  const running = processor({
    retry: never,
    onFailure: "park",
    handle: ({ actorId }) => {
      throw thrown[actorId];
    },
  });
  for (const actorId of Object.keys(thrown)) await store.saveEvent(event(actorId, 1));
  await running.start();
  await vi.waitFor(() => expect(running.status.parkedActors).toBe(5));
  for (const { error } of await running.parked()) expect(error.message.length).toBeLessThanOrEqual(500);
});

test("a wait notices an actor that is parked while the documents are listed", async () => {
  const { store, documents, processor } = setUp();
  let fail = (): void => {};
  const handle = (): Promise<void> => new Promise((_, reject) => (fail = () => reject(new Error("broken"))));
  const running = processor({ handle, retry: never, onFailure: "park", checkpointMs: 1 });
  await running.start();
  const { position } = await store.saveEvent(event("a", 1));
  await vi.waitFor(() => expect(running.status.handlersInFlight).toBe(1));
  const read = (id: string) => documents.getDocument<PartitionRecord>(collectionOf("test"), id);
  // A list that reads each document when it is its turn.
  const listDocuments: DocumentStore["listDocuments"] = async function* () {
    for (const id of ["settings", "parked/0", "partition/0"]) {
      yield (await read(id)) as never;
      if (id !== "parked/0") continue;
      fail();
      await vi.waitFor(async () => expect((await read("partition/0"))?.value.checkpoint).toBe(position));
    }
  };
  const polled = new Proxy(documents, {
    get: (target, key) => {
      if (key === "supports") return { durable: true, shared: true };
      if (key === "listDocuments") return listDocuments;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await expect(waitForProcessor(polled, "test", position)).rejects.toMatchObject({ code: "AETHER_ACTOR_PARKED" });
});

test("a wait after a request waits for its outcome", async () => {
  const { store, processor } = setUp();
  const { handled, broken, handle } = handlerFailingOn("a/1");
  const { position } = await store.saveEvent(event("a", 1));
  const running = processor({ handle, retry: never, onFailure: "park" });
  await running.start();
  await expect(running.waitFor(position)).rejects.toMatchObject({ code: "AETHER_ACTOR_PARKED" });
  await running.retryParked("a");
  await expect(running.waitFor(position)).rejects.toMatchObject({ code: "AETHER_ACTOR_PARKED" });
  broken.clear();
  await running.retryParked("a");
  await running.waitFor(position);
  expect(handled).toEqual(["a/1"]);
});
