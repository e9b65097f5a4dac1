import { setTimeout as delay } from "node:timers/promises";
import { isAetherError } from "@aether/core";

/** Repeats a step until the signal aborts, with the given number of steps in flight. Rejects if a step rejects. */
export async function runInParallel(
  maxInFlight: number,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) await step();
  };
  await Promise.all(Array.from({ length: maxInFlight }, repeat));
}

/**
 * Accepts the failure of a call if it is the caller's own abort, or has an allowed code. Waits briefly after the
 * latter, so that a worker does not spin while a server is down.
 *
 * @throws the error itself if it is neither
 */
export async function checkFailure(error: unknown, allowed: readonly string[], abortReason: unknown): Promise<void> {
  if (error === abortReason) return;
  if (!isAetherError(error) || !allowed.includes(error.code)) throw error;
  await delay(20);
}
