/**
 * The listeners of each signal. All listeners of a signal share one listener of its `abort` event, because Node.js
 * warns if a signal has more than ten.
 */
const signals = new WeakMap<AbortSignal, Listeners>();

class Listeners {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();
  readonly #notify = (): void => {
    for (const listener of this.#listeners) {
      this.remove(listener);
      try {
        listener();
      } catch (error) {
        // As in an `EventTarget`: an error is uncaught, and the other listeners are called.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(listener: () => void): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this.#notify);
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0)
      this.#signal.removeEventListener("abort", this.#notify);
  }
}

/**
 * Calls a listener when the signal is aborted, but not if it is already aborted. All listeners of a signal share one
 * listener of the `abort` event, so any number of calls can use a signal without a warning from Node.js. Returns a
 * function that removes the listener.
 *
 * @example
 * ```ts
 * const stop = onAbort(signal, () => console.log("aborted"));
 * stop(); // when the call has ended
 * ```
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) return () => {};
  const listeners = signals.get(signal) ?? new Listeners(signal);
  signals.set(signal, listeners);
  // A new function, so that the same listener can be added several times.
  const added = (): void => listener();
  listeners.add(added);
  return () => listeners.remove(added);
}

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
    if (signal.aborted) reject(signal.reason);
    const stop = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stop);
  });
}
