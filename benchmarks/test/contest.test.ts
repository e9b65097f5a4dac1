import { MemoryEventStore } from "@aether/store-memory";
import { expect, test } from "vitest";
import { contend, contestOf } from "../src/retry/contest.ts";
import { patternNames, type Written } from "../src/retry/patterns.ts";

test.each(patternNames)("what writers save by %s is what stands in the store", async (pattern) => {
  const store = new MemoryEventStore<Written>();
  const tally = await contend(store, { pattern, writers: 2, eventsEach: 2, actorIds: ["order-1"] });
  expect(tally.calls).toBe(4);
  expect(tally.latenciesMs).toHaveLength(tally.saved);
  expect(tally.writes).toBeGreaterThanOrEqual(tally.saved);
  expect(await store.getEvents("order-1")).toHaveLength(tally.saved);
});

test("tallies are put together", () => {
  const which = { store: "memory", pattern: "simple", writers: 4, processes: 2, actors: 1 } as const;
  const tallies = [
    { calls: 2, saved: 2, writes: 3, latenciesMs: [1, 2] },
    { calls: 2, saved: 1, writes: 4, latenciesMs: [9] },
  ];
  expect(contestOf(which, tallies)).toEqual({ ...which, calls: 4, saved: 3, writes: 7, p50Ms: 2, p99Ms: 9 });
  expect(contestOf(which, []).p50Ms).toBeUndefined();
});
