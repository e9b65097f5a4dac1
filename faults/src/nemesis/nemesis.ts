import { setTimeout as delay } from "node:timers/promises";
import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";
import type { FaultContext } from "./fault.ts";
import { faults } from "./faults.ts";
import { type Progress, RECOVERY_TIMEOUT_MS, stalledAfter } from "./stalled.ts";

export interface NemesisOptions {
  readonly cluster: NatsCluster;
  readonly admin: Admin;
  /** Streams whose leaders are affected in turn, one by each fault. */
  readonly streamNames: readonly [string, ...string[]];
  readonly random: Random;
  /** Called with the number of injections per fault. */
  readonly isFinished: (faults: Readonly<Record<string, number>>) => boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly log: (line: string) => void;
}

export interface NemesisReport {
  /** Number of injections per fault. */
  readonly faults: Readonly<Record<string, number>>;
  /** Longest time from the end of a fault until all work made progress again. */
  readonly slowestRecoveryMs: number;
  readonly violations: readonly string[];
}

/**
 * Injects faults one after the other until finished. The first round has all faults in order, and each later round has
 * all of them in random order.
 */
export async function runNemesis(options: NemesisOptions): Promise<NemesisReport> {
  const { cluster, admin, streamNames, random, isFinished, signal, progress, log } = options;
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});
  const contextOf = (streamName: string): FaultContext => {
    const leader = (): Promise<string> =>
      admin.leaderOf(streamName, AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
    return { cluster, admin, streamName, random, pause, leader };
  };
  const counts: Record<string, number> = {};
  let injections = 0;
  let slowestRecoveryMs = 0;
  let next = [...faults];
  while (!isFinished(counts)) {
    const [fault, ...rest] = next;
    if (fault === undefined) {
      next = random.shuffle(faults);
      continue;
    }
    next = rest;
    const begin = performance.now();
    await fault.inject(contextOf(streamNames[injections++ % streamNames.length] ?? streamNames[0]));
    counts[fault.name] = (counts[fault.name] ?? 0) + 1;
    const faultEnd = performance.now();
    const stalled = await stalledAfter(progress, signal);
    if (stalled.length > 0) {
      const violations = stalled.map(
        (name) => `after "${fault.name}", ${name} made no progress for ${RECOVERY_TIMEOUT_MS} ms`,
      );
      return { faults: counts, slowestRecoveryMs, violations };
    }
    const recoveryMs = Math.round(performance.now() - faultEnd);
    slowestRecoveryMs = Math.max(slowestRecoveryMs, recoveryMs);
    log(`${fault.name}: ${Math.round(faultEnd - begin)} ms, recovered in ${recoveryMs} ms`);
  }
  return { faults: counts, slowestRecoveryMs, violations: [] };
}
