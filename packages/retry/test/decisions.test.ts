import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import { appendWithRetry, type RetryOptions } from "../src/index.ts";
import { counted, JumpingClock } from "./counting.ts";
import { ScriptedStore } from "./scripted-store.ts";

const instant = (): RetryOptions => ({ clock: new JumpingClock() });

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

  test("events that were seen after the version count: no conflict for want of them", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(store, "a", async ({ events, currentVersion }) => {
      await currentVersion();
      await store.saveElsewhere("a", 2);
      await events();
      return counted();
    });
    expect(result).toMatchObject({ attempts: 1, events: [{ version: 3 }] });
  });

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
