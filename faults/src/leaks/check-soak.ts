import type { SoakResult } from "./leak-messages.ts";

/**
 * Memory growth that is not reported as a leak. Calls in flight, and pools and maps that grow once, can cause it. In a
 * soak test of half a million operations, it is eight bytes per operation.
 */
const TOLERANCE_MEGABYTES = 4;

/** Checks that memory, handles, consumers and subscriptions did not grow during the soak test. */
export function checkSoak(client: string, soak: SoakResult): readonly string[] {
  const { before, after, closed, memoryMegabytes, unexpected } = soak;
  const violations = [...unexpected];
  if (after.memoryMegabytes > before.memoryMegabytes + TOLERANCE_MEGABYTES) {
    violations.push(`memory grew from ${before.memoryMegabytes} to ${after.memoryMegabytes} MB`);
  }
  const growth = growthOf(memoryMegabytes);
  if (growth > TOLERANCE_MEGABYTES) {
    violations.push(`memory grew steadily, by ${growth.toFixed(1)} MB: ${memoryMegabytes.join(", ")}`);
  }
  for (const resource of ["handles", "consumers", "subscriptions"] as const) {
    if (after[resource] > before[resource]) {
      violations.push(`${resource} grew from ${before[resource]} to ${after[resource]}`);
    }
  }
  for (const resource of ["consumers", "subscriptions"] as const) {
    if (closed[resource] > 0) violations.push(`${closed[resource]} ${resource} are left after closing`);
  }
  return violations.map((violation) => `${client}: ${violation}`);
}

/** Returns the rise of the samples' regression line from the first sample to the last. */
export function growthOf(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const spread = samples.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  if (spread === 0) return 0;
  const slope = samples.reduce((sum, sample, index) => sum + (index - middle) * sample, 0) / spread;
  return slope * (samples.length - 1);
}
