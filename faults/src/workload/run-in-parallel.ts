import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { isAetherError } from "@aether/core";

/** Repeats a step until the signal aborts, with the given number of steps in flight. Rejects if a step rejects. */
export async function runInParallel(
  maxInFlight: number,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) {
      await step();
      // A synchronous store settles a call without a turn of the event loop, and no message would arrive.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: maxInFlight }, repeat));
}

/**
 * Accepts an error if it is the caller's abort reason or has an allowed code. Waits briefly after an allowed code, so
 * that a worker does not spin while a server is down.
 *
 * @throws the error itself if it is not accepted
 */
export async function checkFailure(error: unknown, allowed: readonly string[], abortReason: unknown): Promise<void> {
  if (error === abortReason) return;
  if (!isAetherError(error) || !allowed.includes(error.code)) throw error;
  await delay(20);
}
