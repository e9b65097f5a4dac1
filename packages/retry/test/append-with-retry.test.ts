import {
  type EventStore,
  EventTooLargeError,
  OutcomeUnknownError,
  type StoreSupports,
  StoreUnavailableError,
  VersionConflictError,
} from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import { type Attempt, appendWithRetry, type Decide, type RetryOptions, simple } from "../src/index.ts";
import { type Counted, conflictAt, counted, JumpingClock } from "./counting.ts";
import { ScriptedStore } from "./scripted-store.ts";

const instant = (): RetryOptions => ({ clock: new JumpingClock() });

describe("a decision", () => {
  test("of one event is saved after the last event", async () => {
    const store = new ScriptedStore();
    await store.saveElsewhere("a", 2);
    const result = await appendWithRetry(store, "a", () => counted(7));
    expect(result).toMatchObject({ saved: true, attempts: 1, events: [{ version: 3 }], receipts: [{ version: 3 }] });
    expect((await store.getEvents("a")).at(-1)).toMatchObject({ actorId: "a", version: 3, data: { by: 7 } });
  });

  test("of several events is saved in one batch, in order", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(store, "a", () => [counted(1), counted(2), counted(3)]);
    expect(result).toMatchObject({ saved: true, events: [{ version: 1 }, { version: 2 }, { version: 3 }] });
    expect(store.saves).toHaveLength(1);
    expect((await store.getEvents("a")).map(({ data }) => data.by)).toEqual([1, 2, 3]);
  });

  test.each([
    ["undefined", () => undefined],
    ["an empty array", () => []],
    ["a promise of undefined", async () => {}],
  ] satisfies [string, Decide<Counted>][])(
    "of %s saves nothing, without an error, and reads nothing",
    async (_name, decide) => {
      const store = new ScriptedStore();
      expect(await appendWithRetry(store, "a", decide)).toEqual({ saved: false, attempts: 1 });
      expect(store).toMatchObject({ saves: [], reads: [], versionReads: 0 });
    },
  );

  test("keeps the id, metadata and timestamp of a draft", async () => {
    const store = new MemoryEventStore<Counted>();
    const own = { id: "mine", metadata: { userId: "u" }, timestamp: "2026-01-01T00:00:00Z" };
    await appendWithRetry(store, "a", () => ({ ...counted(), ...own }));
    expect((await store.getEvents("a"))[0]).toMatchObject(own);
  });

  test("of several events needs the batch capability: without it nothing is saved", async () => {
    const memory = new MemoryEventStore<Counted>();
    const supports: StoreSupports = { durable: false, shared: false };
    const store: EventStore<Counted> = new Proxy(memory, {
      get: (target, key) => {
        if (key === "supports") return supports;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const error = await appendWithRetry(store, "a", () => [counted(), counted()]).catch((caught) => caught);
    expect(error).toMatchObject({ code: "AETHER_UNSUPPORTED", capability: "batch" });
    expect(await memory.getLatestVersion("a")).toBe(0);
    expect(await appendWithRetry(store, "a", () => [counted()])).toMatchObject({ saved: true });
  });
});

describe("attempts", () => {
  test("each decides again, and receives its number and the previous conflict", async () => {
    const store = new ScriptedStore();
    const received: unknown[] = [];
    await appendWithRetry(
      store,
      "a",
      async ({ actorId, attempt, conflict, events }) => {
        received.push([actorId, attempt, conflict?.currentVersion]);
        await events();
        if (attempt < 3) await store.saveElsewhere("a", 1);
        return counted(attempt);
      },
      instant(),
    );
    expect(received).toEqual([
      ["a", 1, undefined],
      ["a", 2, 1],
      ["a", 3, 2],
    ]);
    expect((await store.getEvents("a")).at(-1)?.data.by).toBe(3);
  });

  test("generated ids are random, and the same in all attempts", async () => {
    const store = new ScriptedStore();
    await appendWithRetry(
      store,
      "a",
      async ({ events, attempt }) => {
        await events();
        if (attempt < 3) await store.saveElsewhere("a", 1);
        return [counted(), { ...counted(), id: "own" }, counted()];
      },
      instant(),
    );
    const ids = store.saves.map((events) => events.map(({ id }) => id));
    expect(ids).toHaveLength(3);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).toEqual(ids[0]);
    expect(new Set(ids[0]).size).toBe(3);
    expect(ids[0]).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}-.{4}-4/),
      "own",
      expect.stringMatching(/^[0-9a-f]{8}-/),
    ]);
  });

  test("the result of a later attempt that saves nothing has the number of attempts", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(
      store,
      "a",
      async ({ events, attempt }) => {
        await events();
        await store.saveElsewhere("a", 1);
        return attempt === 2 ? undefined : counted();
      },
      instant(),
    );
    expect(result).toEqual({ saved: false, attempts: 2 });
  });

  test("end with RetriesExhaustedError, which has all conflicts", async () => {
    const store = new ScriptedStore();
    const clock = new JumpingClock();
    const always: Decide<Counted> = async ({ events }) => {
      await events();
      await store.saveElsewhere("a", 1);
      return counted();
    };
    const error = await appendWithRetry(store, "a", always, { policy: simple(), clock }).catch((caught) => caught);
    expect(error).toMatchObject({ code: "AETHER_RETRIES_EXHAUSTED", actorId: "a", attempts: 3, elapsedMs: 300 });
    expect(error.conflicts.map((conflict: VersionConflictError) => conflict.currentVersion)).toEqual([1, 2, 3]);
    expect(error.cause).toBe(error.conflicts[2]);
    expect(clock.sleeps).toEqual([100, 200]);
  });

  test.each([
    [
      "a conflict of another actor in the decision",
      () => new VersionConflictError({ actorId: "b", attemptedVersion: 1, currentVersion: 1 }),
    ],
    ["an error of the decision", () => new RangeError("no")],
    ["undefined", () => undefined],
  ])("%s ends the call unchanged, at once", async (_name, make) => {
    const store = new ScriptedStore();
    const thrown = make();
    const onRetry = vi.fn();
    const call = appendWithRetry(
      store,
      "a",
      async () => {
        throw thrown;
      },
      { onRetry },
    );
    await expect(call).rejects.toBe(thrown);
    expect(onRetry).not.toHaveBeenCalled();
    expect(store.saves).toEqual([]);
  });

  test.each([
    ["unavailable", new StoreUnavailableError({ operation: "save", reason: "down" })],
    ["too large", new EventTooLargeError({ actorId: "a", sizeBytes: 2, limitBytes: 1 })],
  ])("an error of the store ends the call unchanged, at once: %s", async (_name, thrown) => {
    const store = new ScriptedStore(async () => {
      throw thrown;
    });
    await expect(appendWithRetry(store, "a", () => counted())).rejects.toBe(thrown);
    expect(store.saves).toHaveLength(1);
  });
});

describe("a decision with a result", () => {
  test("returns the result of the decision that was saved", async () => {
    const store = new ScriptedStore(async (save) => {
      await store.saveElsewhere("a");
      return save();
    });
    const decide = async ({ events }: Attempt<Counted>) => {
      const count = (await events()).length;
      return { events: count === 0 ? counted() : [counted(), counted()], result: { count } };
    };
    const options = { clock: new JumpingClock() };
    expect(await appendWithRetry<Counted, typeof decide>(store, "a", decide, options)).toMatchObject({
      saved: true,
      events: [{ version: 2 }, { version: 3 }],
      result: { count: 1 },
    });
  });

  test.each([[undefined], [[]]])("returns the result if there is nothing to save: %j", async (events) => {
    const result = await appendWithRetry(new ScriptedStore(), "a", () => ({ events, result: "nothing" }));
    expect(result).toEqual({ saved: false, attempts: 1, result: "nothing" });
  });

  test("returns the result after an unknown outcome, and for a repeated call", async () => {
    const store = new ScriptedStore(async (save) => {
      await save();
      throw new OutcomeUnknownError({ actorId: "a", eventIds: ["once"] });
    });
    let decisions = 0;
    const decide = async ({ events }: Attempt<Counted>) => {
      await events();
      return { events: { ...counted(), id: "once" }, result: ++decisions };
    };
    const call = () => appendWithRetry<Counted, typeof decide>(store, "a", decide, { clock: new JumpingClock() });
    expect(await call()).toMatchObject({ saved: true, receipts: undefined, result: 1, attempts: 2 });
    expect(await call()).toMatchObject({ saved: true, receipts: undefined, result: 2, attempts: 1 });
    expect(await store.getLatestVersion("a")).toBe(1);
  });
});

describe("the signal", () => {
  test("if already aborted, prevents the call", async () => {
    const decide = vi.fn(() => counted());
    const reason = new Error("before");
    const call = appendWithRetry(new ScriptedStore(), "a", decide, { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    expect(decide).not.toHaveBeenCalled();
  });

  test("ends a decision that ignores it", async () => {
    const controller = new AbortController();
    const call = appendWithRetry(new ScriptedStore(), "a", () => new Promise(() => {}), { signal: controller.signal });
    const reason = new Error("enough");
    queueMicrotask(() => controller.abort(reason));
    await expect(call).rejects.toBe(reason);
  });

  test("is passed to the decision and to every call to the store", async () => {
    const store = new MemoryEventStore<Counted>();
    const { signal } = new AbortController();
    const spies = [vi.spyOn(store, "getEvents"), vi.spyOn(store, "getLatestVersion"), vi.spyOn(store, "saveEvent")];
    await appendWithRetry(
      store,
      "a",
      async (attempt) => {
        expect(attempt.signal).toBe(signal);
        await attempt.currentVersion();
        await attempt.events();
        return counted();
      },
      { signal },
    );
    for (const spy of spies) expect(spy.mock.calls[0]?.at(-1)).toEqual({ signal });
  });

  test("if aborted during a save that conflicts, ends the call with its reason, without a retry", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const store = new ScriptedStore(async () => {
      controller.abort(reason);
      throw conflictAt(1);
    });
    const onRetry = vi.fn();
    const call = appendWithRetry(store, "a", () => counted(), { signal: controller.signal, onRetry });
    await expect(call).rejects.toBe(reason);
    expect(onRetry).not.toHaveBeenCalled();
  });
});
