import { OutcomeUnknownError, StoreUnavailableError } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { appendWithRetry, type Decide, type RetryOptions, simple } from "../src/index.ts";
import { type Counted, counted, JumpingClock } from "./counting.ts";
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

describe("an event that is already stored", () => {
  test("with the same id at the same version is a success without receipts", async () => {
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

  test("is not saved again if the decision looks for its id, even in concurrent calls", async () => {
    const store = new ScriptedStore();
    const unlessSaved: Decide<Counted> = async ({ events }) => {
      if ((await events()).some(({ id }) => id === "once")) return;
      return { ...counted(), id: "once" };
    };
    const call = () => appendWithRetry(store, "a", unlessSaved, instant());
    await Promise.all([call(), appendWithRetry(store, "a", () => counted(2), instant()), call()]);
    expect(await call()).toEqual({ saved: false, attempts: 1 });
    expect((await store.getEvents("a")).filter(({ id }) => id === "once")).toHaveLength(1);
  });
});

describe("an unknown outcome", () => {
  test.each([
    ["was stored", storedButUnanswered, undefined],
    ["was lost", lost, [{ version: 1 }]],
  ])("the same events are saved again, without a new decision: the first save %s", async (_name, step, receipts) => {
    const store = new ScriptedStore(step);
    const decide = vi.fn<Decide<Counted>>(() => [counted(1), counted(2)]);
    const result = await appendWithRetry(store, "a", decide, instant());
    expect(result).toMatchObject({ saved: true, attempts: 2, events: [{ version: 1 }, { version: 2 }] });
    expect(result.saved && result.receipts).toEqual(receipts === undefined ? undefined : expect.any(Array));
    expect(decide).toHaveBeenCalledTimes(1);
    expect(store.saves[1]).toBe(store.saves[0]);
    expect(await store.getLatestVersion("a")).toBe(2);
  });

  test("leads to a new decision if another writer's event is at the version", async () => {
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

  test("that remains unknown ends the call with the last OutcomeUnknownError", async () => {
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
  ] satisfies [string, RetryOptions][])("ends the call, and not another error, when %s", async (_name, options) => {
    const error = unknown();
    const store = new ScriptedStore(async () => {
      throw error;
    });
    const call = appendWithRetry(store, "a", () => counted(), { policy: simple(), ...instant(), ...options });
    await expect(call).rejects.toBe(error);
  });

  test("ends the call when the next attempt fails in another way, or the signal aborts", async () => {
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

  test("that a conflict has settled does not replace a later error", async () => {
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
