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

/** The real time: `performance.now()` and `setTimeout`. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    for (let restMs = ms; ; restMs -= longestTimerMs) {
      await timer(Math.min(restMs, longestTimerMs), signal);
      if (restMs <= longestTimerMs) return;
    }
  },
});

/** A timer of more milliseconds than fit into 31 bits fires at once. */
const longestTimerMs = 2 ** 31 - 1;

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const id = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop(): void {
      clearTimeout(id);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}
