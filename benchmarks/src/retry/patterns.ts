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

/** Saves one event; rejects if the pattern gives up. */
export type Pattern = (actorId: string, decide: Decide<Written>) => Promise<void>;

type MakePattern = (store: EventStore<Written>) => Pattern;

const byPolicy =
  (make: () => RetryPolicy): MakePattern =>
  (store) => {
    const policy = make();
    return async (actorId, decide) => void (await appendWithRetry(store, actorId, decide, { policy }));
  };

/** A queue for the process, as one has it; a writer waits until its event is settled before it goes on. */
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

/** The attempts and bounds of the default policy, to tell what they do from what chance does. */
const asDefault = { maxAttempts: 30, baseDelayMs: 10, maxDelayMs: 1_000 };

/** Everything that the package offers, with its defaults, and two with the numbers of the default policy. */
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
  "simple, as patient as the default",
  "jitter, as patient as the default",
] as const;

export type PatternName = (typeof patternNames)[number];

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
  "simple, as patient as the default": byPolicy(() => simple(asDefault)),
  "jitter, as patient as the default": byPolicy(() => jitter(asDefault)),
};
