/**
 * Waits for a promise, but rejects as soon as the signal is aborted.
 *
 * @throws `signal.reason` if the signal is aborted first
 * @throws the promise's reason if the promise rejects first
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
