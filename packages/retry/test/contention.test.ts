import { type EventStore, isAetherError, OutcomeUnknownError } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  adaptive,
  appendWithRetry,
  CircuitBreaker,
  type Decide,
  defaultPolicy,
  detailed,
  jitter,
  type RetryPolicy,
  RetryQueue,
  retryOnConflict,
  simple,
} from "../src/index.ts";
import { type Counted, counted, seeded, turn } from "./counting.ts";
import { ScriptedStore, type Step } from "./scripted-store.ts";

afterEach(() => {
  vi.useRealTimers();
});

const hot = "hot";
const policies: readonly (readonly [string, () => RetryPolicy])[] = [
  ["simple", () => simple()],
  ["detailed", () => detailed()],
  ["jitter, additive", () => jitter()],
  ["jitter, full", () => jitter({ kind: "full" })],
  ["jitter, decorrelated", () => jitter({ kind: "decorrelated" })],
  ["adaptive", () => adaptive()],
  ["circuit breaker", () => new CircuitBreaker().around(jitter())],
  ["default", () => defaultPolicy],
];

/** The numbers that the writers tried to save, by outcome. */
interface Tally {
  readonly saved: number[];
  readonly unsaved: number[];
  readonly unknown: number[];
}

/** Runs writers to one actor in parallel. Each writer saves its own numbers, one after the other. */
async function race(
  writers: number,
  each: number,
  write: (by: number) => Promise<{ readonly saved: boolean }>,
): Promise<Tally> {
  const tally: Tally = { saved: [], unsaved: [], unknown: [] };
  const writer = async (first: number): Promise<void> => {
    for (let by = first; by < first + each; by++) {
      try {
        const { saved } = await write(by);
        tally[saved ? "saved" : "unsaved"].push(by);
      } catch (error) {
        if (!isAetherError(error)) throw error;
        tally[isAetherError(error, "AETHER_OUTCOME_UNKNOWN") ? "unknown" : "unsaved"].push(by);
      }
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, index) => writer(index * each)));
  return tally;
}

/** Lets other tasks run, and then decides to save a number. */
const deciding =
  (by: number): Decide<Counted> =>
  async ({ events }) => {
    await events();
    await new Promise((resolve) => setImmediate(resolve));
    return counted(by);
  };

async function expectEverySavedNumberOnce(store: EventStore<Counted>, { saved, unknown }: Tally): Promise<void> {
  const events = await store.getEvents(hot);
  expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
  const stored = events.map(({ data }) => data.by);
  expect(new Set(stored).size).toBe(stored.length);
  expect(new Set(events.map(({ id }) => id)).size).toBe(stored.length);
  const certain = stored.filter((by) => !unknown.includes(by));
  expect(certain.toSorted((a, b) => a - b)).toEqual(saved.toSorted((a, b) => a - b));
}

/** Runs a function with fake timers until all timers have fired. */
async function inFakeTime<Result>(run: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers();
  const running = run();
  await vi.runAllTimersAsync();
  return running;
}

describe.each(policies)("16 writers to one actor: %s", (_name, make) => {
  test("every event that is reported as saved is stored once, and every other call fails", async () => {
    const store = new MemoryEventStore<Counted>();
    const policy = make();
    const random = seeded(16);
    const tally = await inFakeTime(() =>
      race(16, 10, (by) => appendWithRetry(store, hot, deciding(by), { policy, random })),
    );
    expect(tally.saved.length + tally.unsaved.length).toBe(160);
    expect(tally.saved.length).toBeGreaterThan(0);
    await expectEverySavedNumberOnce(store, tally);
  });

  test("the same holds for retryOnConflict", async () => {
    const store = new MemoryEventStore<Counted>();
    const policy = make();
    const tally = await inFakeTime(() =>
      race(16, 5, async (by) => {
        const operation = async () => {
          const version = (await store.getLatestVersion(hot)) + 1;
          await new Promise((resolve) => setImmediate(resolve));
          return store.saveEvent({ actorId: hot, version, ...counted(by) });
        };
        await retryOnConflict(operation, { policy, random: seeded(by), actorId: hot });
        return { saved: true };
      }),
    );
    await expectEverySavedNumberOnce(store, tally);
  });

  test("the same holds if answers get lost; events with an unknown outcome are stored at most once", async () => {
    const step = fc.constantFrom<Step>(
      "save",
      "save",
      async (save) => {
        await save();
        throw new OutcomeUnknownError({ actorId: hot, eventIds: [] });
      },
      async () => {
        throw new OutcomeUnknownError({ actorId: hot, eventIds: [] });
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), async (steps, seed) => {
        const store = new ScriptedStore(...steps);
        const policy = make();
        const random = seeded(seed);
        const tally = await inFakeTime(() =>
          race(4, 4, (by) => appendWithRetry(store, hot, deciding(by), { policy, random })),
        );
        vi.useRealTimers();
        await expectEverySavedNumberOnce(store, tally);
      }),
      { numRuns: 25 },
    );
  });
});

test("16 writers to one actor: queues save all events, in the order of each writer", async () => {
  const store = new MemoryEventStore<Counted>();
  const failed: unknown[] = [];
  const queues = Array.from(
    { length: 4 },
    () =>
      new RetryQueue<Counted>(store, {
        capacity: 10,
        roomTimeoutMs: 600_000,
        onSettled: (outcome) => {
          if (outcome.status !== "done") failed.push(outcome);
        },
      }),
  );
  const tally = await inFakeTime(async () => {
    const written = await race(16, 10, async (by) => {
      await queues[by % 4]?.append(hot, deciding(by));
      return { saved: true };
    });
    await Promise.all(queues.map((queue) => queue[Symbol.asyncDispose]()));
    return written;
  });
  expect(failed).toEqual([]);
  await expectEverySavedNumberOnce(store, tally);
  const stored = (await store.getEvents(hot)).map(({ data }) => data.by);
  expect(stored).toHaveLength(160);
  for (let writer = 0; writer < 16; writer++) {
    for (let queue = 0; queue < 4; queue++) {
      const own = stored.filter((by) => Math.floor(by / 10) === writer && by % 4 === queue);
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    }
  }
});

describe("the default policy saves all events of 64 writers to one actor, 10 events each", () => {
  const decisions = {
    "on the events": deciding,
    "on the version":
      (by: number): Decide<Counted> =>
      async ({ currentVersion }) => {
        await currentVersion();
        await new Promise((resolve) => setImmediate(resolve));
        return counted(by);
      },
  };

  test.each(Object.entries(decisions))("if decisions are based %s, with many seeds", async (_name, decisionOf) => {
    for (let seed = 0; seed < 10; seed++) {
      const store = new MemoryEventStore<Counted>();
      const random = seeded(seed);
      const { saved, unsaved } = await inFakeTime(() =>
        race(64, 10, (by) => appendWithRetry(store, hot, decisionOf(by), { random })),
      );
      vi.useRealTimers();
      expect([saved.length, unsaved.length]).toEqual([640, 0]);
      expect(await store.getLatestVersion(hot)).toBe(640);
    }
  });

  test("in real time", async () => {
    const store = new MemoryEventStore<Counted>();
    const decide =
      (by: number): Decide<Counted> =>
      async ({ events }) => {
        await events();
        await turn();
        return counted(by);
      };
    const tally = await race(64, 10, (by) => appendWithRetry(store, hot, decide(by)));
    expect(tally.unsaved).toEqual([]);
    expect(tally.saved).toHaveLength(640);
    await expectEverySavedNumberOnce(store, tally);
  });
});
