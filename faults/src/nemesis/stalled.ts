import { setTimeout as delay } from "node:timers/promises";

/** Longest time without progress after a fault: it covers elections, and clients that wait for replies. */
export const RECOVERY_TIMEOUT_MS = 60_000;
/** Processes report their counters every 200 ms. A report after this delay includes only calls after the fault. */
const REPORT_DELAY_MS = 400;
/** A counter has made progress if it has risen by this number. */
const MIN_PROGRESS = 10;

/** Counters by name. Each of them rises as long as its part of the work continues. */
export type Progress = () => Readonly<Record<string, number>>;

interface Timeouts {
  readonly timeoutMs?: number;
  readonly reportDelayMs?: number;
}

/** Waits until every counter has made progress. Returns the names of those that have not done so before the timeout. */
export async function stalledAfter(
  progress: Progress,
  signal: AbortSignal,
  { timeoutMs = RECOVERY_TIMEOUT_MS, reportDelayMs = REPORT_DELAY_MS }: Timeouts = {},
): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  await delay(reportDelayMs);
  const before = progress();
  for (;;) {
    const now = progress();
    const stalled = Object.keys(before).filter((name) => (now[name] ?? 0) < (before[name] ?? 0) + MIN_PROGRESS);
    if (stalled.length === 0 || signal.aborted) return [];
    if (performance.now() > deadline) return stalled;
    await delay(50);
  }
}
