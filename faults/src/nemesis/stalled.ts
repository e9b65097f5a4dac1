import { setTimeout as delay } from "node:timers/promises";

/** Longest accepted time without progress after a fault. It covers elections, and clients that wait for replies. */
export const RECOVERY_TIMEOUT_MS = 60_000;
/** Time to wait after a fault, until all earlier calls are reported. Processes report their counters every 200 ms. */
const REPORT_DELAY_MS = 400;
/** Number by which a counter must rise to have made progress. */
const MIN_PROGRESS = 10;

/** Counters by name. Each of them rises as long as its part of the work continues. */
export type Progress = () => Readonly<Record<string, number>>;

interface Timeouts {
  readonly timeoutMs?: number;
  readonly reportDelayMs?: number;
}

/** Waits until every counter has made progress. Returns the names of counters that have made none at the timeout. */
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
