import { abortable } from "@aether/core";

/** Source of time. Tests can replace it, so that they do not have to wait. */
export interface Clock {
  /** Returns the number of milliseconds since a fixed moment. The number never decreases. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. If the signal aborts first, rejects at once with `signal.reason` and leaves no
   * timer or listener.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest time that `setTimeout` supports, in milliseconds. A longer timer fires at once. */
const longestMs = 2 ** 31 - 1;

/**
 * Real time, from `performance.now()` and `setTimeout`. A sleep lasts at most about 24 days.
 *
 * @example
 * ```ts
 * const fast: Clock = { ...systemClock, sleep: async () => {} }; // real time, but no waits
 * ```
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(ms, longestMs));
    });
    await abortable(over, signal).finally(() => clearTimeout(timer));
  },
};
