/** Waits for a promise, but no longer than until the signal aborts: then it rejects with `signal.reason`. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal?.reason);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
    promise.then(resolve, reject).then(() => signal?.removeEventListener("abort", stop));
  });
}
