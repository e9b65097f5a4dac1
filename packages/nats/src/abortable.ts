/**
 * Settles as the promise does, or rejects with `signal.reason` as soon as the signal is aborted.
 *
 * @throws `signal.reason`, and whatever the promise rejects with
 *
 * @example
 * ```ts
 * await abortable(connection.flush(), AbortSignal.timeout(1_000));
 * ```
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/**
 * Resolves after `ms` milliseconds.
 *
 * @throws `signal.reason` as soon as the signal is aborted
 *
 * @example
 * ```ts
 * const stopping = new AbortController();
 * await pause(50, stopping.signal);
 * ```
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
