import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { IsFinished } from "../minimums.ts";
import { stalledAfter } from "../nemesis/stalled.ts";
import type { Random } from "../random.ts";
import type { SuiteContext, SuiteResult } from "../suite.ts";
import { figuresOf } from "../workload/plan.ts";
import { checkSqliteRun } from "./check-sqlite-run.ts";
import { sqlitePlans } from "./sqlite-plan.ts";
import { SqliteProcesses } from "./sqlite-processes.ts";

const COUNTS = { writers: 4, readers: 1, followers: 3 };
const LOAD = { maxInFlight: 4, hotActors: 4, coldActors: 5_000 };

/** A kind of kill, and the workers that it kills. */
interface Kill {
  readonly name: string;
  readonly victims: (processes: SqliteProcesses, random: Random) => readonly string[];
}

const killWriter: Kill = {
  name: "kill a writer of a file",
  victims: (processes, random) => [random.pick(processes.names("writer"))],
};
const killFollower: Kill = {
  name: "kill a follower of a file",
  // The first follower is spared.
  victims: (processes, random) => [random.pick(processes.names("follower").slice(1))],
};
/** The next process finds a write-ahead log that no process has open, and must recover it. */
const killAll: Kill = {
  name: "kill all processes of a file",
  victims: (processes) => [...processes.names("writer"), ...processes.names("reader"), ...processes.names("follower")],
};
const kinds: readonly Kill[] = [killWriter, killWriter, killWriter, killWriter, killFollower, killAll];

/** Kills processes that use one file, and replaces them, until the time is over or all minimums are reached. */
export async function killProcesses(
  { signal, log }: Pick<SuiteContext, "signal" | "log">,
  random: Random,
  isFinished: IsFinished,
): Promise<Pick<SuiteResult, "violations" | "figures">> {
  const folder = await mkdtemp(join(tmpdir(), "aether-faults-"));
  try {
    const path = join(folder, "events.db");
    await using processes = await SqliteProcesses.start(sqlitePlans(COUNTS, path, random, LOAD));
    const faults: Record<string, number> = {};
    let writersKilled = 0;
    const violations: string[] = [];
    const isOver = (): boolean =>
      signal.aborted ||
      violations.length > 0 ||
      (writersKilled > 0 &&
        isFinished({ "writers killed": writersKilled, "events acknowledged": processes.tally.acknowledged }));
    while (!isOver()) {
      const { name, victims } = writersKilled === 0 ? killWriter : random.pick(kinds);
      const names = victims(processes, random);
      await delay(random.integer(0, 300));
      await processes.replace(names);
      faults[name] = (faults[name] ?? 0) + 1;
      writersKilled += names.filter((victim) => processes.names("writer").includes(victim)).length;
      const stalled = await stalledAfter(() => processes.progress, signal);
      violations.push(...stalled.map((worker) => `after "${name}", ${worker} made no progress`));
    }
    log(`${writersKilled} writers killed`);
    await processes.stop();
    const { operations, pages, cutOff } = processes.records();
    const checked = await checkSqliteRun({ path, operations, pages, feeds: processes.feeds(), random });
    const { tally } = processes;
    return {
      violations: [...processes.unexpected, ...violations, ...checked.violations],
      figures: {
        ...figuresOf(tally),
        "failed reads": tally.failedReads,
        "writers killed": writersKilled,
        "saves cut off by a kill": cutOff,
        ...checked.figures,
        faults,
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
