import { isAetherError } from "@aether/core";
import { vi } from "vitest";
import { type RetryPolicy, retryOnConflict } from "../../src/index.ts";
import { conflictAt } from "../counting.ts";

/** Returns the start times of the attempts of a call that always conflicts, in milliseconds of fake time. */
export async function attemptTimes(
  policy: RetryPolicy,
  options: { readonly random?: () => number; readonly versions?: readonly number[] } = {},
): Promise<readonly number[]> {
  vi.useFakeTimers();
  try {
    const startedMs = performance.now();
    const times: number[] = [];
    const call = retryOnConflict(
      ({ attempt }) => {
        times.push(performance.now() - startedMs);
        throw conflictAt(options.versions?.[attempt - 1] ?? attempt);
      },
      { policy, random: options.random ?? (() => 0.5) },
    ).catch((error) => {
      if (!isAetherError(error)) throw error;
    });
    await vi.runAllTimersAsync();
    await call;
    return times;
  } finally {
    vi.useRealTimers();
  }
}
