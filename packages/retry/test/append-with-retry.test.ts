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
import { appendWithRetry, type Decide, type RetryOptions, simple } from "../src/index.ts";
import { type Counted, conflictAt, counted, JumpingClock } from "./counting.ts";
import { ScriptedStore, type Step } from "./scripted-store.ts";

const instant = (): RetryOptions => ({ clock: new JumpingClock() });
const unknown = (eventIds: readonly string[] = ["x"]) => new OutcomeUnknownError({ actorId: "a", eventIds });
const storedButUnanswered: Step = async (save) => {
  await save();
  throw unknown();
};
const lost: Step = async () => {
  throw unknown();
};

describe("what is saved", () => {
  test("one event, behind the last one", async () => {
    const store = new ScriptedStore();
    await store.saveElsewhere("a", 2);
    const result = await appendWithRetry(store, "a", () => counted(7));
    expect(result).toMatchObject({ saved: true, attempts: 1, events: [{ version: 3 }], receipts: [{ version: 3 }] });
    expect((await store.getEvents("a")).at(-1)).toMatchObject({ actorId: "a", version: 3, data: { by: 7 } });
  });

  test("several events, in one batch and in their order", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(store, "a", () => [counted(1), counted(2), counted(3)]);
    expect(result).toMatchObject({ saved: true, events: [{ version: 1 }, { version: 2 }, { version: 3 }] });
    expect(store.saves).toHaveLength(1);
    expect((await store.getEvents("a")).map(({ data }) => data.by)).toEqual([1, 2, 3]);
  });

  test.each([
    ["undefined", () => undefined],
    ["an empty array", () => []],
    ["nothing, asynchronously", async () => {}],
  ] satisfies [string, Decide<Counted>][])("%s saves nothing, quietly, and reads nothing", async (_what, decide) => {
    const store = new ScriptedStore();
    expect(await appendWithRetry(store, "a", decide)).toEqual({ saved: false, attempts: 1 });
    expect(store).toMatchObject({ saves: [], reads: [], versionReads: 0 });
  });

  test("id, metadata and timestamp of a draft are kept", async () => {
    const store = new MemoryEventStore<Counted>();
    const own = { id: "mine", metadata: { userId: "u" }, timestamp: "2026-01-01T00:00:00Z" };
    await appendWithRetry(store, "a", () => ({ ...counted(), ...own }));
    expect((await store.getEvents("a"))[0]).toMatchObject(own);
  });

  test("several events need the batch capability: nothing is written without it", async () => {
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

describe("the version that it is saved behind", () => {
  test("is that of the last event seen: what was saved since is a conflict, and is seen next time", async () => {
    const store = new ScriptedStore();
    await store.saveElsewhere("a", 3);
    const seen: number[] = [];
    const result = await appendWithRetry(
      store,
      "a",
      async ({ events, attempt }) => {
        seen.push((await events()).length);
        if (attempt === 1) await store.saveElsewhere("a", 2);
        return counted();
      },
      instant(),
    );
    expect(seen).toEqual([3, 5]);
    expect(store.saves.map(([event]) => event?.version)).toEqual([4, 6]);
    expect(result).toMatchObject({ saved: true, attempts: 2, events: [{ version: 6 }] });
  });

  test("after a conflict only the new events are read", async () => {
    const store = new ScriptedStore();
    await store.saveElsewhere("a", 3);
    await appendWithRetry(
      store,
      "a",
      async ({ events, attempt }) => {
        await events();
        if (attempt < 3) await store.saveElsewhere("a", 1);
        return counted();
      },
      instant(),
    );
    expect(store.reads).toEqual([0, 4, 5]);
  });

  test("events() is lazy, and read once per attempt however often it is asked", async () => {
    const store = new ScriptedStore();
    await appendWithRetry(store, "a", async ({ events }) => {
      expect(store.reads).toEqual([]);
      const [first, second] = await Promise.all([events(), events()]);
      expect(second).toBe(first);
      expect(await events()).toBe(first);
      expect(Object.isFrozen(first)).toBe(true);
      return counted();
    });
    expect(store).toMatchObject({ reads: [0], versionReads: 0 });
  });

  test("currentVersion() guards as events() does", async () => {
    const store = new ScriptedStore();
    await store.saveElsewhere("a", 3);
    const seen: number[] = [];
    await appendWithRetry(
      store,
      "a",
      async ({ currentVersion, attempt }) => {
        const [version, again] = await Promise.all([currentVersion(), currentVersion()]);
        expect(again).toBe(version);
        seen.push(version);
        if (attempt === 1) await store.saveElsewhere("a", 2);
        return counted();
      },
      instant(),
    );
    expect(seen).toEqual([3, 5]);
    expect(store.saves.map(([event]) => event?.version)).toEqual([4, 6]);
    expect(store).toMatchObject({ reads: [], versionReads: 2 });
  });

  test.each(["events first", "version first", "both at once"])(
    "asked for both, %s, it is that of the last event seen",
    async (order) => {
      const store = new ScriptedStore();
      await store.saveElsewhere("a", 1);
      const result = await appendWithRetry(
        store,
        "a",
        async ({ events, currentVersion, attempt }) => {
          if (order === "events first") {
            await events();
            if (attempt === 1) await store.saveElsewhere("a", 1);
            expect(await currentVersion()).toBe((await events()).length);
          } else if (order === "version first") {
            await currentVersion();
            await events();
            if (attempt === 1) await store.saveElsewhere("a", 1);
          } else {
            await Promise.all([currentVersion(), events()]);
            if (attempt === 1) await store.saveElsewhere("a", 1);
          }
          return counted();
        },
        instant(),
      );
      expect(result).toMatchObject({ attempts: 2, events: [{ version: 3 }] });
    },
  );

  test("a version that was asked for together with the events does not outrun them", async () => {
    const store = new ScriptedStore();
    let asked = 0;
    vi.spyOn(store, "getLatestVersion").mockImplementation(async () => {
      if (asked++ === 0) await store.saveElsewhere("a", 1);
      return MemoryEventStore.prototype.getLatestVersion.call(store, "a");
    });
    const seen: number[] = [];
    await appendWithRetry(
      store,
      "a",
      async ({ events, currentVersion }) => {
        const version = currentVersion();
        seen.push((await events()).length);
        await version;
        return counted();
      },
      instant(),
    );
    expect(seen).toEqual([0, 1]);
    expect(store.saves.map(([event]) => event?.version)).toEqual([1, 2]);
  });

  test("where it looked at nothing, it is the latest, read after the decision and anew after a conflict", async () => {
    const store = new ScriptedStore(async (save) => {
      await store.saveElsewhere("a", 1);
      return save();
    });
    const result = await appendWithRetry(store, "a", () => counted(), {
      clock: new JumpingClock(),
      onRetry: () => store.saveElsewhere("a", 5),
    });
    expect(result).toMatchObject({ attempts: 2, events: [{ version: 7 }] });
    expect(store).toMatchObject({ reads: [], versionReads: 2 });
  });

  test("events that arrive after the decision do not count", async () => {
    const store = new ScriptedStore();
    let late: Promise<unknown> | undefined;
    const result = await appendWithRetry(
      store,
      "a",
      async ({ attempt, currentVersion, events }) => {
        await currentVersion();
        if (attempt > 1) return counted();
        await store.saveElsewhere("a", 1);
        late = events();
        return counted();
      },
      instant(),
    );
    await late;
    expect(result).toMatchObject({ attempts: 2 });
  });
});

describe("attempts", () => {
  test("each decides afresh, and is told its number and the conflict before it", async () => {
    const store = new ScriptedStore();
    const told: unknown[] = [];
    await appendWithRetry(
      store,
      "a",
      async ({ actorId, attempt, conflict, events }) => {
        told.push([actorId, attempt, conflict?.currentVersion]);
        await events();
        if (attempt < 3) await store.saveElsewhere("a", 1);
        return counted(attempt);
      },
      instant(),
    );
    expect(told).toEqual([
      ["a", 1, undefined],
      ["a", 2, 1],
      ["a", 3, 2],
    ]);
    expect((await store.getEvents("a")).at(-1)?.data.by).toBe(3);
  });

  test("the ids of drafts without one are random, and the same in all attempts", async () => {
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

  test("giving up quietly in a later attempt tells how many there were", async () => {
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

  test("they end with RetriesExhaustedError, which has all the conflicts", async () => {
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
      "a conflict that the decision met elsewhere",
      () => new VersionConflictError({ actorId: "b", attemptedVersion: 1, currentVersion: 1 }),
    ],
    ["an error of the decision", () => new RangeError("no")],
    ["undefined", () => undefined],
  ])("%s passes through untouched, at once", async (_what, make) => {
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
  ])("the store's error passes through untouched, at once: %s", async (_what, thrown) => {
    const store = new ScriptedStore(async () => {
      throw thrown;
    });
    await expect(appendWithRetry(store, "a", () => counted())).rejects.toBe(thrown);
    expect(store.saves).toHaveLength(1);
  });
});

describe("an event that is stored already", () => {
  test("is a success without receipts: same id, same version", async () => {
    const store = new ScriptedStore();
    const draft = { ...counted(), id: "once" };
    const atVersion: Decide<Counted> = async ({ currentVersion, attempt }) => {
      if (attempt === 1) vi.spyOn(store, "getLatestVersion").mockResolvedValueOnce(0);
      await currentVersion();
      return draft;
    };
    await appendWithRetry(store, "a", () => draft);
    const again = await appendWithRetry(store, "a", atVersion, instant());
    expect(again).toEqual({ saved: true, events: [{ id: "once", version: 1 }], receipts: undefined, attempts: 1 });
    expect(await store.getEvents("a")).toHaveLength(1);
  });
});

describe("an unknown outcome", () => {
  test.each([
    ["was stored", storedButUnanswered, undefined],
    ["was lost", lost, [{ version: 1 }]],
  ])("the same events are saved again, without a new decision: it %s", async (_what, step, receipts) => {
    const store = new ScriptedStore(step);
    const decide = vi.fn<Decide<Counted>>(() => [counted(1), counted(2)]);
    const result = await appendWithRetry(store, "a", decide, instant());
    expect(result).toMatchObject({ saved: true, attempts: 2, events: [{ version: 1 }, { version: 2 }] });
    expect(result.saved && result.receipts).toEqual(receipts === undefined ? undefined : expect.any(Array));
    expect(decide).toHaveBeenCalledTimes(1);
    expect(store.saves[1]).toBe(store.saves[0]);
    expect(await store.getLatestVersion("a")).toBe(2);
  });

  test("when another writer's event turns out to stand there, it decides again", async () => {
    const store = new ScriptedStore(async () => {
      await store.saveElsewhere("a", 1);
      throw unknown();
    });
    const decide = vi.fn<Decide<Counted>>(async ({ events }) => counted((await events()).length));
    const result = await appendWithRetry(store, "a", decide, instant());
    expect(result).toMatchObject({ saved: true, attempts: 3, events: [{ version: 2 }] });
    expect(decide).toHaveBeenCalledTimes(2);
    expect((await store.getEvents("a")).at(-1)?.data.by).toBe(1);
  });

  test("that stays unknown is rethrown untouched: the last one", async () => {
    const errors = [unknown(), unknown(), unknown()];
    const store = new ScriptedStore(
      ...errors.map(
        (error): Step =>
          async () => {
            throw error;
          },
      ),
    );
    const call = appendWithRetry(store, "a", () => counted(), { policy: simple(), ...instant() });
    await expect(call).rejects.toBe(errors[2]);
    expect(store.saves).toHaveLength(3);
  });

  test.each([
    ["time runs out", { maxElapsedMs: 50 }],
    ["the policy gives up", { policy: simple({ maxAttempts: 1 }) }],
    [
      "the listener throws",
      {
        onRetry: () => {
          throw new Error("listener");
        },
      },
    ],
  ] satisfies [string, RetryOptions][])("is what the caller is told when %s", async (_what, options) => {
    const error = unknown();
    const store = new ScriptedStore(async () => {
      throw error;
    });
    const call = appendWithRetry(store, "a", () => counted(), { policy: simple(), ...instant(), ...options });
    await expect(call).rejects.toBe(error);
  });

  test("is what the caller is told when the next attempt fails in another way, or when the signal aborts", async () => {
    const error = unknown();
    const down = new StoreUnavailableError({ operation: "save", reason: "down" });
    const failing: Step[] = [
      async () => {
        throw error;
      },
      async () => {
        throw down;
      },
    ];
    await expect(appendWithRetry(new ScriptedStore(...failing), "a", () => counted(), instant())).rejects.toBe(error);
    const controller = new AbortController();
    const aborting = new ScriptedStore(async () => {
      throw error;
    });
    const onRetry = () => controller.abort(new Error("enough"));
    const call = appendWithRetry(aborting, "a", () => counted(), { ...instant(), signal: controller.signal, onRetry });
    await expect(call).rejects.toBe(error);
  });

  test("settled by a conflict, a later failure is told as it is", async () => {
    const down = new StoreUnavailableError({ operation: "save", reason: "down" });
    const store = new ScriptedStore(
      lost,
      async (save) => {
        await store.saveElsewhere("a");
        return save();
      },
      async () => {
        throw down;
      },
    );
    await expect(appendWithRetry(store, "a", () => counted(), instant())).rejects.toBe(down);
  });
});

describe("the signal", () => {
  test("that is aborted already: nothing is done", async () => {
    const decide = vi.fn(() => counted());
    const reason = new Error("before");
    const call = appendWithRetry(new ScriptedStore(), "a", decide, { signal: AbortSignal.abort(reason) });
    await expect(call).rejects.toBe(reason);
    expect(decide).not.toHaveBeenCalled();
  });

  test("ends a decision that does not listen to it", async () => {
    const controller = new AbortController();
    const call = appendWithRetry(new ScriptedStore(), "a", () => new Promise(() => {}), { signal: controller.signal });
    const reason = new Error("enough");
    queueMicrotask(() => controller.abort(reason));
    await expect(call).rejects.toBe(reason);
  });

  test("is handed on to the decision and to every call of the store", async () => {
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

  test("that aborts while a save is a conflict: its reason, without a retry", async () => {
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
