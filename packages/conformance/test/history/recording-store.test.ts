import type { Event, EventStore, NewEvent } from "@aether/core";
import { OutcomeUnknownError, StoreUnavailableError } from "@aether/core";
import { describe, expect, test } from "vitest";
import { checkHistory, contentOf, type RecordedOperation, RecordingStore, recordedEvent } from "../../src/index.ts";
import { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";

const event = (version: number, id = `e${version}`): Event => ({
  id,
  actorId: "a",
  version,
  eventType: "Tested",
  data: { version },
  timestamp: "2026-01-01T00:00:00Z",
});

function recording(store: EventStore = new ReferenceStore(new ReferenceStorage())): {
  readonly store: RecordingStore;
  readonly operations: RecordedOperation[];
} {
  const operations: RecordedOperation[] = [];
  let time = 0;
  const options = {
    client: "c",
    record: (operation: RecordedOperation) => operations.push(operation),
    now: () => ++time,
  };
  return { store: new RecordingStore(store, options), operations };
}

/** Rejects every save with the given error. */
class FailingStore extends ReferenceStore {
  readonly #error: unknown;

  constructor(error: unknown) {
    super(new ReferenceStorage());
    this.#error = error;
  }

  override async saveEvent(_event: NewEvent): Promise<never> {
    throw this.#error;
  }
}

describe("RecordingStore", () => {
  test("passes results on and records the calls", async () => {
    const { store, operations } = recording();
    expect(await store.saveEvent(event(1))).toMatchObject({ id: "e1", version: 1 });
    expect(await store.saveEvents([event(2), event(3)])).toHaveLength(2);
    await expect(store.saveEvent(event(3))).rejects.toMatchObject({ sameEvent: true });
    await expect(store.saveEvent(event(3, "late"))).rejects.toMatchObject({ sameEvent: false });
    const events = await store.getEvents("a", 2);
    expect(events.map(({ id }) => id)).toEqual(["e2", "e3"]);
    expect(await store.getLatestVersion("a")).toBe(3);
    expect(operations.map((each) => (each.kind === "save" ? each.outcome : each.kind))).toEqual([
      "ok",
      "ok",
      "same-event",
      "conflict",
      "read",
      "latest-version",
    ]);
    expect(operations[0]).toMatchObject({ client: "c", actorId: "a", startedAt: 1, endedAt: 2 });
    expect(operations.slice(0, 4)).toMatchObject([
      { receipts: [{ id: "e1", version: 1, position: expect.any(String) }] },
      {
        receipts: [
          { id: "e2", version: 2, position: expect.any(String) },
          { id: "e3", version: 3, position: expect.any(String) },
        ],
      },
      { currentVersion: 3 },
      { currentVersion: 3 },
    ]);
    const contents = new Map([["a", (await store.getEvents("a")).map(recordedEvent)]]);
    expect(checkHistory({ operations, contents })).toEqual([]);
  });

  const reason = new Error("enough");
  test.each([
    { error: new OutcomeUnknownError({ actorId: "a", eventIds: ["e1"] }), outcome: "unknown" },
    { error: new StoreUnavailableError({ operation: "save", reason: "down" }), outcome: "failed" },
    { error: reason, outcome: "failed" },
    { error: new Error("a store must not throw this"), outcome: "unknown" },
  ])("passes errors on and records the outcome of the save: $error.message", async ({ error, outcome }) => {
    const { store, operations } = recording(new FailingStore(error));
    await expect(store.saveEvent(event(1), { signal: AbortSignal.abort(reason) })).rejects.toBe(error);
    expect(operations).toMatchObject([{ outcome }]);
  });

  test("does not call a store that does not support batches", async () => {
    const store = new ReferenceStore(new ReferenceStorage());
    const withoutBatches = Object.create(store, { supports: { value: { durable: true, shared: true } } }) as EventStore;
    const saves = recording(withoutBatches).store.saveEvents([event(1), event(2)]);
    await expect(saves).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED" });
  });
});

describe("contentOf", () => {
  const content = (data: string): string => contentOf({ ...event(1), data: JSON.parse(data) as object });

  test("does not depend on the order of properties", () => {
    expect(content('{"b":{"y":1,"x":2},"a":1}')).toBe(content('{"a":1,"b":{"x":2,"y":1}}'));
  });

  test("ignores properties that JSON omits", () => {
    const data = { kept: null, left: undefined };
    expect(contentOf({ ...event(1), data })).toBe(content(JSON.stringify(data)));
  });

  test.each([
    ['{"a":1}', '{"a":2}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":["x",1]}', '{"a":{"x":1}}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":{"__proto__":1}}', '{"a":{}}'],
    ['{"a":null}', '{"a":{}}'],
  ])("distinguishes %s from %s", (left, right) => {
    expect(content(left)).not.toBe(content(right));
  });

  test("includes type, actor, metadata and timestamp", () => {
    const one = event(1);
    const changed: Event[] = [
      { ...one, eventType: "Other" },
      { ...one, actorId: "b" },
      { ...one, metadata: { userId: "u" } },
      { ...one, timestamp: "2026-01-01T00:00:01Z" },
    ];
    for (const each of changed) expect(contentOf(each)).not.toBe(contentOf(one));
  });
});
