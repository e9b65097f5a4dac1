import { setTimeout as delay } from "node:timers/promises";
import { isAetherError } from "@aether/core";

/** Repeats a step in several lanes at once until the signal aborts. Rejects when a step does. */
export async function runLanes(count: number, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (!signal.aborted) await step();
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** How a call failed: as the contract allows, with a moment to catch breath; or not. */
export async function checkFailure(error: unknown, allowed: readonly string[], reason: unknown): Promise<void> {
  if (error === reason) return;
  if (!isAetherError(error) || !allowed.includes(error.code)) throw error;
  await delay(20);
}
