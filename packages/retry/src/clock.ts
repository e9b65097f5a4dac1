import { abortable } from "./abortable.ts";

/** Where waiting takes its time from. Another one makes tests instant. */
export interface Clock {
  /** Milliseconds since some fixed moment. Only differences matter; it never goes back. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. When the signal aborts, it rejects at once with `signal.reason` and leaves nothing
   * behind: no timer, no listener.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A timer of more milliseconds than fit into 31 bits would fire at once. */
const longestMs = 2 ** 31 - 1;

/**
 * The real time: `performance.now()` and `setTimeout`. It sleeps for at most 24 days.
 *
 * @example
 * ```ts
 * const fast: Clock = { ...systemClock, sleep: async () => {} }; // the time is real, but nobody waits
 * ```
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(ms, longestMs));
    });
    await abortable(over, signal).finally(() => clearTimeout(timer));
  },
};
