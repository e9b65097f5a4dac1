import { setTimeout as delay } from "node:timers/promises";
import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";
import type { Scene } from "./fault.ts";
import { faults } from "./faults.ts";

/** How long work may stand still after everything is mended: elections, and clients that wait for answers. */
const RECOVERY_TIMEOUT_MS = 60_000;

export interface NemesisOptions {
  readonly cluster: NatsCluster;
  readonly admin: Admin;
  readonly streamName: string;
  readonly random: Random;
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** What rises as long as the work goes on. */
  readonly progress: () => number;
  readonly log: (line: string) => void;
}

/** What struck, how often, and how long work stood still at the most afterwards. */
export interface NemesisReport {
  readonly faults: Readonly<Record<string, number>>;
  readonly slowestRecoveryMs: number;
  readonly violations: readonly string[];
}

/** Lets one fault after the other strike, all kinds in changing order, until the time is over. */
export async function unleash(options: NemesisOptions): Promise<NemesisReport> {
  const { cluster, admin, streamName, random, budgetMs, signal, progress, log } = options;
  const deadline = performance.now() + budgetMs;
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});
  const leader = (): Promise<string> =>
    admin.leaderOf(streamName, AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
  const scene: Scene = { cluster, admin, streamName, random, pause, leader };
  const counts: Record<string, number> = {};
  let slowestRecoveryMs = 0;
  let next = [...faults];
  while (performance.now() < deadline && !signal.aborted) {
    const [fault, ...rest] = next;
    if (fault === undefined) {
      next = random.shuffle(faults);
      continue;
    }
    next = rest;
    const begin = performance.now();
    await fault.strike(scene);
    counts[fault.name] = (counts[fault.name] ?? 0) + 1;
    const mended = performance.now();
    if (!(await untilProgress(progress, signal))) {
      const violations = [`after "${fault.name}" nothing was saved for ${RECOVERY_TIMEOUT_MS} ms`];
      return { faults: counts, slowestRecoveryMs, violations };
    }
    const now = performance.now();
    slowestRecoveryMs = Math.max(slowestRecoveryMs, Math.round(now - mended));
    log(`${fault.name}: ${Math.round(mended - begin)} ms, recovered in ${Math.round(now - mended)} ms`);
  }
  return { faults: counts, slowestRecoveryMs, violations: [] };
}

/** Waits until the work goes on again. */
export async function untilProgress(progress: () => number, signal: AbortSignal): Promise<boolean> {
  const goal = progress() + 100;
  const deadline = performance.now() + RECOVERY_TIMEOUT_MS;
  while (progress() < goal) {
    if (signal.aborted) return true;
    if (performance.now() > deadline) return false;
    await delay(50);
  }
  return true;
}
