import { onAbort } from "@aether/core";

/** Calls that wait until a condition holds. The condition is checked again after each change. */
export class Waits {
  readonly #checks = new Set<() => void>();
  #isDue = false;

  /** Checks the conditions of all waiting calls soon: once for all changes of this moment. */
  readonly notify = (): void => {
    if (this.#isDue || this.#checks.size === 0) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      for (const check of this.#checks) check();
    });
  };

  /** Resolves as soon as the condition returns true. Rejects if it throws, or if the signal is aborted. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = (): void => {
        this.#checks.delete(check);
        stopListening();
      };
      const check = (): void => {
        try {
          if (!condition()) return;
          end();
          resolve();
        } catch (error) {
          end();
          reject(error);
        }
      };
      const stopListening = onAbort(signal, () => {
        end();
        reject(signal.reason);
      });
      this.#checks.add(check);
      check();
    });
  }
}
