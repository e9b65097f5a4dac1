import { setTimeout as delay } from "node:timers/promises";
import type { NatsCluster } from "@aether/nats-testing";
import type { Admin } from "../cluster/admin.ts";
import type { Random } from "../random.ts";
import type { Scene } from "./fault.ts";
import { faults } from "./faults.ts";

/** How long work may stand still after everything is mended: elections, and clients that wait for answers. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** Processes tell several times a second what they have done: what they tell after this was done after it began. */
const TOLD_WITHIN_MS = 400;
/** What has risen by so much goes on. */
const GOES_ON = 10;

/** By name, what rises as long as the work goes on: all of it must. */
export type Progress = () => Readonly<Record<string, number>>;

export interface NemesisOptions {
  readonly cluster: NatsCluster;
  readonly admin: Admin;
  readonly streamName: string;
  readonly random: Random;
  /** Told how often each fault has struck. */
  readonly isOver: (faults: Readonly<Record<string, number>>) => boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly log: (line: string) => void;
}

/** What struck, how often, and how long work stood still at the most afterwards. */
export interface NemesisReport {
  readonly faults: Readonly<Record<string, number>>;
  readonly slowestRecoveryMs: number;
  readonly violations: readonly string[];
}

/** Lets one fault after the other strike, all kinds in changing order, until it is over. */
export async function unleash(options: NemesisOptions): Promise<NemesisReport> {
  const { cluster, admin, streamName, random, isOver, signal, progress, log } = options;
  const pause = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});
  const leader = (): Promise<string> =>
    admin.leaderOf(streamName, AbortSignal.any([signal, AbortSignal.timeout(60_000)]));
  const scene: Scene = { cluster, admin, streamName, random, pause, leader };
  const counts: Record<string, number> = {};
  let slowestRecoveryMs = 0;
  let next = [...faults];
  while (!isOver(counts)) {
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
    const stuck = await stuckAfter(progress, signal);
    if (stuck.length > 0) {
      const violations = stuck.map(
        (name) => `after "${fault.name}", ${name} stood still for ${RECOVERY_TIMEOUT_MS} ms`,
      );
      return { faults: counts, slowestRecoveryMs, violations };
    }
    const now = performance.now();
    slowestRecoveryMs = Math.max(slowestRecoveryMs, Math.round(now - mended));
    log(`${fault.name}: ${Math.round(mended - begin)} ms, recovered in ${Math.round(now - mended)} ms`);
  }
  return { faults: counts, slowestRecoveryMs, violations: [] };
}

/** For how long to wait, in milliseconds. */
interface Patience {
  readonly timeoutMs?: number;
  readonly toldWithinMs?: number;
}

/** Waits until all of the work goes on again, and names what does not. */
export async function stuckAfter(
  progress: Progress,
  signal: AbortSignal,
  { timeoutMs = RECOVERY_TIMEOUT_MS, toldWithinMs = TOLD_WITHIN_MS }: Patience = {},
): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  await delay(toldWithinMs);
  const before = progress();
  for (;;) {
    const now = progress();
    const stuck = Object.keys(before).filter((name) => (now[name] ?? 0) < (before[name] ?? 0) + GOES_ON);
    if (stuck.length === 0 || signal.aborted) return [];
    if (performance.now() > deadline) return stuck;
    await delay(50);
  }
}
