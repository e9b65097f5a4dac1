import { type EventStore, isAetherError } from "@aether/core";
import type { Decide } from "@aether/retry";
import { quantile } from "../measure.ts";
import { type Pattern, type PatternName, patterns, type Written } from "./patterns.ts";

/** The setup of competing writers. Each writer saves one event after the other, each to a randomly chosen actor. */
export interface ContestPlan {
  readonly pattern: PatternName;
  readonly writers: number;
  readonly eventsEach: number;
  readonly actorIds: readonly string[];
}

/** Counts and latencies of one process in one round. */
export interface Tally {
  readonly calls: number;
  readonly saved: number;
  /** Number of saves sent to the store, including those that were rejected with a conflict. */
  readonly writes: number;
  /** Times from the start of a call to its success. */
  readonly latenciesMs: readonly number[];
}

/** Results of one pattern with a given number of writers and actors. */
export interface Contest {
  readonly store: "memory" | "jetstream";
  readonly pattern: PatternName;
  readonly writers: number;
  readonly processes: number;
  readonly actors: number;
  readonly calls: number;
  readonly saved: number;
  readonly writes: number;
  /** `undefined` if nothing was saved. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** Runs all writers of this process at once. */
export async function runContest(store: EventStore<Written>, plan: ContestPlan): Promise<Tally> {
  const { writers, eventsEach, actorIds } = plan;
  const counter = { writes: 0 };
  const pattern = patterns[plan.pattern](countingSaves(store, counter));
  const latenciesMs: number[] = [];
  await Promise.all(
    Array.from({ length: writers }, async (_, by) => {
      for (let event = 0; event < eventsEach; event++) {
        const actorId = actorIds[Math.floor(Math.random() * actorIds.length)] as string;
        const started = performance.now();
        if (await succeeds(pattern, actorId, decideFor(by))) latenciesMs.push(performance.now() - started);
      }
    }),
  );
  return { calls: writers * eventsEach, saved: latenciesMs.length, writes: counter.writes, latenciesMs };
}

/** Combines the tallies of all processes and rounds. */
export function combineTallies(
  {
    store,
    pattern,
    writers,
    processes,
    actors,
  }: Pick<Contest, "store" | "pattern" | "writers" | "processes" | "actors">,
  tallies: readonly Tally[],
): Contest {
  const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const latencies = tallies.flatMap(({ latenciesMs }) => latenciesMs);
  const at = (share: number): number | undefined => (latencies.length === 0 ? undefined : quantile(latencies, share));
  return {
    store,
    pattern,
    writers,
    processes,
    actors,
    calls: sum(({ calls }) => calls),
    saved: sum(({ saved }) => saved),
    writes: sum(({ writes }) => writes),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** Returns a decision that reads the history, then yields once to the event loop, so that other writers can run. */
const decideFor =
  (by: number): Decide<Written> =>
  async ({ events }) => {
    await events();
    await new Promise((resolve) => setImmediate(resolve));
    return { eventType: "Written", data: { by } };
  };

/** Returns false if the pattern stopped without saving the event. */
async function succeeds(pattern: Pattern, actorId: string, decide: Decide<Written>): Promise<boolean> {
  try {
    await pattern(actorId, decide);
    return true;
  } catch (error) {
    const hasStopped =
      isAetherError(error, "AETHER_RETRIES_EXHAUSTED") ||
      isAetherError(error, "AETHER_THRASHING") ||
      isAetherError(error, "AETHER_CIRCUIT_OPEN");
    if (!hasStopped) throw error;
    return false;
  }
}

function countingSaves(store: EventStore<Written>, counter: { writes: number }): EventStore<Written> {
  return {
    supports: store.supports,
    saveEvent: (event, options) => {
      counter.writes++;
      return store.saveEvent(event, options);
    },
    getEvents: (actorId, fromVersion, options) => store.getEvents(actorId, fromVersion, options),
    getLatestVersion: (actorId, options) => store.getLatestVersion(actorId, options),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
