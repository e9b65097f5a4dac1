import { type EventStore, isAetherError } from "@aether/core";
import type { Decide } from "@aether/retry";
import { quantile } from "../measure.ts";
import { type Pattern, type PatternName, patterns, type Written } from "./patterns.ts";

/** Writers that save events, one after the other, each on an actor picked by chance. */
export interface Contenders {
  readonly pattern: PatternName;
  readonly writers: number;
  readonly eventsEach: number;
  readonly actorIds: readonly string[];
}

/** What came of it. */
export interface Tally {
  readonly calls: number;
  readonly saved: number;
  /** Saves that were sent to the store, the conflicts included. */
  readonly writes: number;
  /** From the call to its success. */
  readonly latenciesMs: readonly number[];
}

/** A pattern under a certain contention. */
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

/** Lets the writers of this process write, all at once. */
export async function contend(store: EventStore<Written>, contenders: Contenders): Promise<Tally> {
  const { writers, eventsEach, actorIds } = contenders;
  const counter = { writes: 0 };
  const pattern = patterns[contenders.pattern](countingSaves(store, counter));
  const latenciesMs: number[] = [];
  await Promise.all(
    Array.from({ length: writers }, async (_, by) => {
      for (let event = 0; event < eventsEach; event++) {
        const actorId = actorIds[Math.floor(Math.random() * actorIds.length)] as string;
        const started = performance.now();
        if (await succeeds(pattern, actorId, deciding(by))) latenciesMs.push(performance.now() - started);
      }
    }),
  );
  return { calls: writers * eventsEach, saved: latenciesMs.length, writes: counter.writes, latenciesMs };
}

/** Puts what several processes or rounds came to together. */
export function contestOf(
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

/** Looks at the history, and lets others have their turn, as a decision that does anything else would. */
const deciding =
  (by: number): Decide<Written> =>
  async ({ events }) => {
    await events();
    await new Promise((resolve) => setImmediate(resolve));
    return { eventType: "Written", data: { by } };
  };

async function succeeds(pattern: Pattern, actorId: string, decide: Decide<Written>): Promise<boolean> {
  try {
    await pattern(actorId, decide);
    return true;
  } catch (error) {
    const givenUp =
      isAetherError(error, "AETHER_RETRIES_EXHAUSTED") ||
      isAetherError(error, "AETHER_THRASHING") ||
      isAetherError(error, "AETHER_CIRCUIT_OPEN");
    if (!givenUp) throw error;
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
