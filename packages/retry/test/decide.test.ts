import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import { appendWithRetry, type RetryOptions } from "../src/index.ts";
import { counted, JumpingClock } from "./counting.ts";
import { ScriptedStore } from "./scripted-store.ts";

const instant = (): RetryOptions => ({ clock: new JumpingClock() });

describe("the version that a decision is based on", () => {
  test("is that of the last event seen: a later event causes a conflict, and is seen in the next attempt", async () => {
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
    expect(store.reads).toEqual([1, 4, 5]);
  });

  test("events() reads on demand, and once per attempt", async () => {
    const store = new ScriptedStore();
    await appendWithRetry(store, "a", async ({ events }) => {
      expect(store.reads).toEqual([]);
      const [first, second] = await Promise.all([events(), events()]);
      expect(second).toBe(first);
      expect(await events()).toBe(first);
      expect(Object.isFrozen(first)).toBe(true);
      return counted();
    });
    expect(store).toMatchObject({ reads: [1], versionReads: 0 });
  });

  test("is that of currentVersion() if only that was called", async () => {
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
    "is that of the last event seen if both were called: %s",
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

  test("includes events that were read after the version: there is no conflict", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(store, "a", async ({ events, currentVersion }) => {
      await currentVersion();
      await store.saveElsewhere("a", 2);
      await events();
      return counted();
    });
    expect(result).toMatchObject({ attempts: 1, events: [{ version: 3 }] });
  });

  test("is not above the last event seen if the version was read at the same time", async () => {
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

  test("is the latest version if neither was called, read after each decision", async () => {
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

  test("excludes events that arrive after the decision", async () => {
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
