import { MemoryEventStore } from "@aether/store-memory";
import { expect, test } from "vitest";
import { combineTallies, runContest } from "../src/retry/contest.ts";
import { patternNames, type Written } from "../src/retry/patterns.ts";

test.each(patternNames)("the number of saved events equals the events in the store: %s", async (pattern) => {
  const store = new MemoryEventStore<Written>();
  const tally = await runContest(store, { pattern, writers: 2, eventsEach: 2, actorIds: ["order-1"] });
  expect(tally.calls).toBe(4);
  expect(tally.latenciesMs).toHaveLength(tally.saved);
  expect(tally.writes).toBeGreaterThanOrEqual(tally.saved);
  expect(await store.getEvents("order-1")).toHaveLength(tally.saved);
});

test("tallies are combined", () => {
  const setup = { store: "memory", pattern: "simple", writers: 4, processes: 2, actors: 1 } as const;
  const tallies = [
    { calls: 2, saved: 2, writes: 3, latenciesMs: [1, 2] },
    { calls: 2, saved: 1, writes: 4, latenciesMs: [9] },
  ];
  expect(combineTallies(setup, tallies)).toEqual({ ...setup, calls: 4, saved: 3, writes: 7, p50Ms: 2, p99Ms: 9 });
  expect(combineTallies(setup, []).p50Ms).toBeUndefined();
});
