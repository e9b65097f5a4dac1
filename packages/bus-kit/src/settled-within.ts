/**
 * Resolves when the promise settles, or after the given number of milliseconds, whichever comes first. Never rejects.
 *
 * @example
 * ```ts
 * await settledWithin(1_000, work); // waits at most one second
 * ```
 */
export function settledWithin(ms: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    promise.then(settle, settle);
  });
}
