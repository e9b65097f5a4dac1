import { WriterProcesses } from "../retry/writer-processes.ts";
import type { Figure, Sizes } from "../suite.ts";
import type { CommandPlan, CommandTally } from "./contest.ts";

const PROCESSES = 4;
const COMMANDS_EACH = 10;

/** 64 writers in four processes that send commands to one actor: all are saved, with as few round trips as possible. */
export async function contentionFigures({ quick, repetitions }: Sizes): Promise<readonly Figure[]> {
  const writers = quick ? 8 : 64;
  const program = new URL("./writer-process.js", import.meta.url);
  const processes = await WriterProcesses.start<CommandPlan, CommandTally>(PROCESSES, program);
  const tallies: CommandTally[] = [];
  try {
    for (let round = 0; round < repetitions; round++) {
      const plan = { actorId: `order-${round}`, writers, commandsEach: COMMANDS_EACH };
      tallies.push(...(await processes.runContest(plan)));
    }
  } finally {
    await processes.stop();
  }
  const sum = (value: (tally: CommandTally) => number): number =>
    tallies.reduce((total, tally) => total + value(tally), 0);
  const title = `${writers} writers to one actor in ${PROCESSES} processes, ${COMMANDS_EACH} commands each`;
  // Each process reads the actor once, when it begins.
  const expected = sum(({ attempts, conflicts }) => attempts + conflicts + 1);
  return [
    {
      name: `${title}: commands that were not saved`,
      value: sum(({ failed }) => failed),
      unit: "commands",
      maximum: 0,
    },
    {
      name: `${title}: round trips beyond one per attempt and one per conflict`,
      value: Math.max(0, sum(({ calls }) => calls) - expected),
      unit: "calls",
      maximum: 0,
    },
    {
      name: `${title}: attempts per command`,
      value: sum(({ attempts }) => attempts) / sum(({ commands }) => commands),
      unit: "attempts",
    },
  ];
}
