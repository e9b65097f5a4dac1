import { MemoryEventStore } from "@aether/store-memory";
import { compare, type Result } from "../measure.ts";
import type { Sizes, Suite } from "../suite.ts";
import { type Contenders, type Contest, contend, contestOf, type Tally } from "./contest.ts";
import { costRows } from "./cost-rows.ts";
import { patternNames, type Written } from "./patterns.ts";
import { WriterProcesses } from "./writer-processes.ts";

const PROCESSES = 4;

/** Every pattern under growing contention, on both stores, and what a policy costs where there is none. */
export const retrySuite: Suite = async (sizes, tell) => {
  for (const row of costRows(sizes)) tell({ rows: [await compare(row)] });
  const memory = (contenders: Contenders) =>
    contend(new MemoryEventStore<Written>(), contenders).then((tally) => [tally]);
  await everyContest("memory", 1, memory, sizes, (contest) => tell({ contests: [contest], rows: goalRows(contest) }));
  const processes = await WriterProcesses.start(PROCESSES);
  try {
    const jetStream = (contenders: Contenders) => processes.contend(contenders);
    await everyContest("jetstream", PROCESSES, jetStream, sizes, (contest) =>
      tell({ contests: [contest], rows: goalRows(contest) }),
    );
  } finally {
    await processes.stop();
  }
};

async function everyContest(
  store: Contest["store"],
  processes: number,
  run: (contenders: Contenders) => Promise<readonly Tally[]>,
  { quick }: Sizes,
  tell: (contest: Contest) => void,
): Promise<void> {
  for (const actors of [1, 10]) {
    for (const writers of quick ? [1, 4] : [1, 4, 16, 64]) {
      const eventsEach = quick ? 2 : writers < 64 ? 10 : 5;
      // The fewer there are, the more often, so that a percentile has something to stand on.
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
        tell(contestOf({ store, pattern, writers, actors, processes: Math.min(processes, writers) }, tallies));
      }
    }
  }
}

/** What the recommended default must hold. */
function goalRows({ store, pattern, writers, actors, calls, saved }: Contest): readonly Result[] {
  if (pattern !== "defaultPolicy" || writers !== 64 || actors !== 1) return [];
  const ratio = saved / calls;
  return [
    {
      name: `defaultPolicy, 64 writers of one actor, ${store}`,
      against: "everything that they wanted to save",
      unit: "events",
      ours: saved,
      baseline: calls,
      ratio,
      goal: 1,
      spread: [ratio, ratio],
    },
  ];
}
