import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  type AttemptOutcome,
  appendWithRetry,
  type Decide,
  type QueueOutcome,
  type RetryOptions,
  RetryQueue,
  simple,
} from "../src/index.ts";
import { type Counted, counted, JumpingClock } from "./counting.ts";
import { ScriptedStore } from "./scripted-store.ts";

const instant = (): RetryOptions => ({ clock: new JumpingClock() });

/** Returns a decision that reads the events, and always returns events with these ids. */
function eventsWithIds(...ids: (string | undefined)[]): Decide<Counted> {
  return async ({ events }) => {
    await events();
    return ids.map((id) => ({ ...counted(), id }));
  };
}

describe("a decision that read the events and returns events with ids of its own", () => {
  test("saves them once, however often the call is repeated", async () => {
    const store = new ScriptedStore();
    const first = await appendWithRetry(store, "a", eventsWithIds("once"));
    expect(first).toMatchObject({ saved: true, events: [{ id: "once", version: 1 }], receipts: [{ version: 1 }] });
    await store.saveElsewhere("a", 2);
    const again = await appendWithRetry(store, "a", eventsWithIds("once"));
    expect(again).toEqual({ saved: true, events: [{ id: "once", version: 1 }], receipts: undefined, attempts: 1 });
    expect(store.saves).toHaveLength(1);
    expect(await store.getLatestVersion("a")).toBe(3);
  });

  test("is a repeat only if all of them are stored, in any order", async () => {
    const store = new ScriptedStore();
    await appendWithRetry(store, "a", eventsWithIds("x", "y"));
    const again = await appendWithRetry(store, "a", eventsWithIds("y", "x"));
    expect(again).toMatchObject({
      events: [
        { id: "x", version: 1 },
        { id: "y", version: 2 },
      ],
      receipts: undefined,
    });
    expect(store.saves).toHaveLength(1);
  });

  test.each([
    ["with another id", ["new", "x"], "[1].id"],
    ["without an id", ["x", undefined], "[0].id"],
    ["without ids", [undefined, undefined, "x"], "[2].id"],
  ])("is rejected if one of them is stored and another, %s, is not", async (_name, ids, path) => {
    const store = new ScriptedStore();
    await appendWithRetry(store, "a", eventsWithIds("x"));
    await expect(appendWithRetry(store, "a", eventsWithIds(...ids))).rejects.toMatchObject({
      code: "AETHER_INVALID_EVENT",
      path,
      reason: expect.stringContaining("is stored as version 1"),
    });
    expect(await store.getLatestVersion("a")).toBe(1);
  });

  test("recognises an event that another call saved in the meantime, after the conflict", async () => {
    const store = new ScriptedStore();
    const result = await appendWithRetry(
      store,
      "a",
      async ({ events, attempt }) => {
        await events();
        if (attempt === 1) {
          await store.saveElsewhere("a");
          await appendWithRetry(store, "a", () => ({ ...counted(), id: "once" }));
        }
        return { ...counted(), id: "once" };
      },
      instant(),
    );
    expect(result).toEqual({ saved: true, events: [{ id: "once", version: 2 }], receipts: undefined, attempts: 2 });
    expect(await store.getLatestVersion("a")).toBe(2);
  });

  test("saves each id once in concurrent and repeated calls", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 12 }), async (ids) => {
        const store = new ScriptedStore();
        const call = (id: string) => appendWithRetry(store, "a", eventsWithIds(id), instant());
        const results = await Promise.all(ids.map(call));
        results.push(...(await Promise.all(ids.map(call))));
        const stored = await store.getEvents("a");
        expect(stored.map(({ id }) => id).toSorted()).toEqual([...new Set(ids)].toSorted());
        for (const result of results) {
          if (!result.saved) throw new Error("not saved");
          const [{ id, version } = { id: "", version: 0 }] = result.events;
          expect(stored[version - 1]?.id).toBe(id);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("counts neither as a save nor as a conflict if it is a repeat", async () => {
    const store = new ScriptedStore();
    const outcomes: AttemptOutcome[] = [];
    const policy = { ...simple(), admit: () => (outcome: AttemptOutcome) => void outcomes.push(outcome) };
    for (let call = 0; call < 2; call++) await appendWithRetry(store, "a", eventsWithIds("once"), { policy });
    expect(outcomes).toEqual(["saved", "other"]);
  });

  test("is saved once by a queue that got it twice", async () => {
    const store = new ScriptedStore();
    const onSettled = vi.fn<(outcome: QueueOutcome<Counted>) => void>();
    const queue = new RetryQueue<Counted>(store, { ...instant(), onSettled });
    for (let call = 0; call < 2; call++) await queue.append("a", eventsWithIds("once"));
    await queue.drain();
    expect(onSettled.mock.calls.map(([{ status }]) => status)).toEqual(["done", "done"]);
    expect(await store.getLatestVersion("a")).toBe(1);
  });
});

test("a decision that did not read the events saves them again in a later call", async () => {
  const store = new ScriptedStore();
  const once = () => ({ ...counted(), id: "once" });
  await appendWithRetry(store, "a", once);
  expect(await appendWithRetry(store, "a", once)).toMatchObject({ saved: true, events: [{ version: 2 }] });
  expect((await store.getEvents("a")).map(({ id }) => id)).toEqual(["once", "once"]);
});
