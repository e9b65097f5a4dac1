/**
 * Resolves when the promise settles, at the latest after so many milliseconds. Never rejects.
 *
 * @example
 * ```ts
 * await settledWithin(1_000, work); // a second at most, whatever comes of it
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
