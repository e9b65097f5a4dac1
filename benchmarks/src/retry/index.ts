import { MemoryEventStore } from "@aether/store-memory";
import { compare, type Result } from "../measure.ts";
import type { Sizes, Suite } from "../suite.ts";
import { type Contest, type ContestPlan, combineTallies, runContest, type Tally } from "./contest.ts";
import { costRows } from "./cost-rows.ts";
import { patternNames, type Written } from "./patterns.ts";
import { WriterProcesses } from "./writer-processes.ts";

const PROCESSES = 4;

/** The overhead of a policy when there is no conflict, and all patterns under growing contention on both stores. */
export const retrySuite: Suite = async (sizes, report) => {
  for (const row of costRows(sizes)) report({ rows: [await compare(row)] });
  const reportContest = (contest: Contest): void => report({ contests: [contest], rows: goalRows(contest) });
  const inMemory = async (plan: ContestPlan) => [await runContest(new MemoryEventStore<Written>(), plan)];
  await allContests("memory", 1, inMemory, sizes, reportContest);
  const processes = await WriterProcesses.start(PROCESSES);
  try {
    await allContests("jetstream", PROCESSES, (plan) => processes.runContest(plan), sizes, reportContest);
  } finally {
    await processes.stop();
  }
};

async function allContests(
  store: Contest["store"],
  processes: number,
  run: (plan: ContestPlan) => Promise<readonly Tally[]>,
  { quick }: Sizes,
  report: (contest: Contest) => void,
): Promise<void> {
  for (const actors of [1, 10]) {
    for (const writers of quick ? [1, 4] : [1, 4, 16, 64]) {
      const eventsEach = quick ? 2 : writers < 64 ? 10 : 5;
      // With fewer writers there are more rounds, so that there are enough latencies for a percentile.
      const rounds = quick ? 1 : Math.max(1, 16 / writers);
      for (const pattern of patternNames) {
        const tallies: Tally[] = [];
        for (let round = 0; round < rounds; round++) {
          const actorIds = Array.from(
            { length: actors },
            (_, actor) => `${pattern}-${writers}-${actors}-${round}-${actor}`,
          );
          tallies.push(...(await run({ pattern, writers, eventsEach, actorIds })));
        }
        report(combineTallies({ store, pattern, writers, actors, processes: Math.min(processes, writers) }, tallies));
      }
    }
  }
}

/** The goal of the default policy: 64 writers to one actor save all events. */
function goalRows({ store, pattern, writers, actors, calls, saved }: Contest): readonly Result[] {
  if (pattern !== "defaultPolicy" || writers !== 64 || actors !== 1) return [];
  const ratio = saved / calls;
  const storeText = store === "memory" ? "in memory" : "JetStream";
  return [
    {
      name: `events saved by 64 writers to one actor with defaultPolicy, ${storeText}`,
      against: "all events that they attempted to save",
      unit: "events",
      ours: saved,
      baseline: calls,
      ratio,
      goal: 1,
      spread: [ratio, ratio],
    },
  ];
}
