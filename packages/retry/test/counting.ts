import type { EventDraft, EventsOf } from "@aether/core";
import { VersionConflictError } from "@aether/core";
import type { Clock, FailedAttempt } from "../src/index.ts";

/** The event types in the tests. */
export type Counted = EventsOf<{ Counted: { by: number } }>;

export const counted = (by = 1): EventDraft<Counted> => ({ eventType: "Counted", data: { by } });

export const conflictAt = (currentVersion: number, attemptedVersion: number = currentVersion): VersionConflictError =>
  new VersionConflictError({ actorId: "a", attemptedVersion, currentVersion });

/** A failed attempt as a policy receives it. */
export function failedAttempt(attempt: number, more: Partial<FailedAttempt> = {}): FailedAttempt {
  const error = conflictAt(attempt);
  return { actorId: "a", attempt, elapsedMs: 0, error, conflicts: [error], previousDelayMs: 0, ...more };
}

// The real function, even while a test uses fake timers.
const { setImmediate } = globalThis;

/** Resolves after a turn of the event loop, so that other tasks can run. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** A clock that skips every wait and records it. */
export class JumpingClock implements Clock {
  readonly sleeps: number[] = [];
  #nowMs = 0;

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#nowMs += ms;
    await turn();
    signal?.throwIfAborted();
  }
}

/** Reproducible random numbers: a linear congruential generator with the constants of Numerical Recipes. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
