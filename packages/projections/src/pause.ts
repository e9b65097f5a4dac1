import { onAbort } from "@aether/core";

/** Longest time that `setTimeout` supports, in milliseconds. A longer timer fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Resolves after a time of at most about 24 days, or when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stopListening();
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, LONGEST_MS));
    const stopListening = onAbort(signal, end);
  });
}
