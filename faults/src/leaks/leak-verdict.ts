import type { SoakResult } from "./leak-messages.ts";

/**
 * So much may come and go without being a leak: what is under way, pools and maps that had room to grow. In a soak of half a
 * million operations, it is eight bytes for each.
 */
const TOLERANCE_MEGABYTES = 4;

/** Whether everything came back to where it was. */
export function judgeSoak(client: string, soak: SoakResult): readonly string[] {
  const { before, after, closed, memoryMegabytes, surprises } = soak;
  const violations = [...surprises];
  if (after.memoryMegabytes > before.memoryMegabytes + TOLERANCE_MEGABYTES) {
    violations.push(`the memory grew from ${before.memoryMegabytes} to ${after.memoryMegabytes} MB`);
  }
  const growth = growthOf(memoryMegabytes);
  if (growth > TOLERANCE_MEGABYTES) {
    violations.push(`the memory grew steadily, by ${growth.toFixed(1)} MB: ${memoryMegabytes.join(", ")}`);
  }
  for (const what of ["handles", "consumers", "subscriptions"] as const) {
    if (after[what] > before[what]) violations.push(`there were ${before[what]} ${what}, and are ${after[what]}`);
  }
  for (const what of ["consumers", "subscriptions"] as const) {
    if (closed[what] > 0) violations.push(`after closing there are ${closed[what]} ${what}`);
  }
  return violations.map((violation) => `${client}: ${violation}`);
}

/** By how much the straight line that fits the samples best rises from the first to the last. */
export function growthOf(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const spread = samples.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  if (spread === 0) return 0;
  const slope = samples.reduce((sum, sample, index) => sum + (index - middle) * sample, 0) / spread;
  return slope * (samples.length - 1);
}
