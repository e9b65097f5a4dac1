/**
 * For each signal, the functions that end its waits when the signal aborts. The waits of a signal share one listener,
 * because Node.js warns if a signal has more than ten listeners.
 */
const waits = new WeakMap<AbortSignal, Set<() => void>>();

/** Settles as the promise does, or rejects with `signal.reason` if the signal aborts first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  const stops = waits.get(signal) ?? new Set();
  let stop: () => void;
  return new Promise<T>((resolve, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    waits.set(signal, stops.add(stop));
    signal.addEventListener("abort", stopAll);
    promise.then(resolve, reject);
  }).finally(() => {
    stops.delete(stop);
    if (stops.size === 0) signal.removeEventListener("abort", stopAll);
  });
}

function stopAll(this: AbortSignal): void {
  for (const stop of waits.get(this) ?? []) stop();
}
