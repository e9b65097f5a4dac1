import type { EventStore, EventsOf } from "@aether/core";
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
  simple,
} from "@aether/retry";

/** The event that the writers save. */
export type Written = EventsOf<{ Written: { by: number } }>;

/** Saves one event. Rejects if the pattern stops without saving the event. */
export type Pattern = (actorId: string, decide: Decide<Written>) => Promise<void>;

type MakePattern = (store: EventStore<Written>) => Pattern;

const byPolicy =
  (make: () => RetryPolicy): MakePattern =>
  (store) => {
    const policy = make();
    return async (actorId, decide) => void (await appendWithRetry(store, actorId, decide, { policy }));
  };

/** A pattern with one queue per process, as in an application. A writer waits until its event is settled. */
const queue: MakePattern = (store) => {
  const waiting = new Map<Decide<Written>, { resolve(): void; reject(error: unknown): void }>();
  const retryQueue = new RetryQueue<Written>(store, {
    onSettled: (outcome) => {
      const waiter = waiting.get(outcome.decide);
      waiting.delete(outcome.decide);
      if (outcome.status === "done") waiter?.resolve();
      else waiter?.reject(outcome.status === "failed" ? outcome.error : new Error("the queue was closed"));
    },
  });
  return async (actorId, decide) => {
    const settled = new Promise<void>((resolve, reject) => waiting.set(decide, { resolve, reject }));
    await retryQueue.append(actorId, decide);
    await settled;
  };
};

/** The limits of the default policy. Two policies with the same limits differ only in the randomness of their waits. */
const defaultLimits = { maxAttempts: 30, baseDelayMs: 10, maxDelayMs: 1_000 };

/** The policies and the queue of `@aether/retry` with their default options, and two policies with `defaultLimits`. */
export const patternNames = [
  "defaultPolicy",
  "simple",
  "detailed",
  "jitter",
  "jitter, full",
  "jitter, decorrelated",
  "adaptive",
  "CircuitBreaker",
  "RetryQueue",
  "simple, default limits",
  "jitter, default limits",
] as const;

export type PatternName = (typeof patternNames)[number];

/** Returns false for the variants with `defaultLimits`. */
export function hasDefaultOptions(name: PatternName): boolean {
  return !name.endsWith("default limits");
}

export const patterns: Readonly<Record<PatternName, MakePattern>> = {
  defaultPolicy: byPolicy(() => defaultPolicy),
  simple: byPolicy(() => simple()),
  detailed: byPolicy(() => detailed()),
  jitter: byPolicy(() => jitter()),
  "jitter, full": byPolicy(() => jitter({ kind: "full" })),
  "jitter, decorrelated": byPolicy(() => jitter({ kind: "decorrelated" })),
  adaptive: byPolicy(() => adaptive()),
  CircuitBreaker: byPolicy(() => new CircuitBreaker().around(jitter())),
  RetryQueue: queue,
  "simple, default limits": byPolicy(() => simple(defaultLimits)),
  "jitter, default limits": byPolicy(() => jitter(defaultLimits)),
};
