import { setTimeout as delay } from "node:timers/promises";
import { stalledAfter } from "../nemesis/stalled.ts";
import type { Random } from "../random.ts";
import type { Tally } from "../workload/plan.ts";
import { checkSqliteRun } from "./check-sqlite-run.ts";
import type { SmallFile } from "./full-files.ts";
import { sqlitePlans } from "./sqlite-plan.ts";
import { SqliteProcesses } from "./sqlite-processes.ts";

const WRITERS = 3;
/** Number of failed saves after which the file counts as full for a writer. */
const FAILURES = 5;
const FULL_TIMEOUT_MS = 60_000;

export interface FilledFile {
  readonly violations: readonly string[];
  readonly tally: Tally;
}

/** Lets processes write until the file is full, kills one of them, and frees space. All must continue. */
export async function fillFile(file: SmallFile, random: Random, signal: AbortSignal): Promise<FilledFile> {
  const load = { maxInFlight: 4, hotActors: 2, coldActors: 200, maxTextLength: 4_000 };
  const plans = sqlitePlans({ writers: WRITERS, readers: 1, followers: 2 }, file.path, random, load);
  await using processes = await SqliteProcesses.start(plans);
  const violations: string[] = [];
  await file.limitSpace(processes);
  const deadline = performance.now() + FULL_TIMEOUT_MS;
  const writing = (): readonly string[] =>
    Object.entries(processes.failures).flatMap(([name, failures]) => (failures < FAILURES ? [name] : []));
  while (writing().length > 0 && performance.now() < deadline && !signal.aborted) await delay(20);
  violations.push(...writing().map((name) => `no save of ${name} failed, although the file should be full`));
  await processes.replace([random.pick(processes.names("writer"))]);
  await file.freeSpace(processes);
  const stalled = await stalledAfter(() => processes.progress, signal);
  violations.push(...stalled.map((name) => `${name} made no progress, although there is space again`));
  await processes.stop();
  const { operations, pages } = processes.records();
  const checked = await checkSqliteRun({ path: file.path, operations, pages, feeds: processes.feeds(), random });
  return {
    violations: [...processes.unexpected, ...violations, ...checked.violations],
    tally: processes.tally,
  };
}
