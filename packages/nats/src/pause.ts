import { onAbort } from "@aether/core";

/**
 * Waits for `ms` milliseconds, but rejects as soon as the signal is aborted.
 *
 * @throws `signal.reason` if the signal is aborted first
 *
 * @example
 * ```ts
 * const stopping = new AbortController();
 * await pause(50, stopping.signal);
 * ```
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      stopListening?.();
      resolve();
    }, ms);
    const stopListening =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
  });
}
