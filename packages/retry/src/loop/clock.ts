import { abortable } from "./abortable.ts";

/** The source of time for waits. Tests that supply their own need not wait. */
export interface Clock {
  /** Returns the milliseconds since some fixed moment. It never goes back. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. When the signal aborts, it rejects at once with `signal.reason`, and no timer or
   * listener remains.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest time that `setTimeout` accepts: it fires at once if the milliseconds exceed 31 bits. */
const longestMs = 2 ** 31 - 1;

/**
 * Real time: `performance.now()` and `setTimeout`. A sleep ends after 24 days at the latest.
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
