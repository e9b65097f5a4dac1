import { finishing } from "../minimums.ts";
import { Random } from "../random.ts";
import type { Counts, Suite, SuiteContext, SuiteResult } from "../suite.ts";
import { fillFile } from "./fill-file.ts";
import { smallFiles } from "./full-files.ts";
import { killProcesses } from "./kill-processes.ts";

/** Processes that write, read and follow one SQLite file, and are killed; and files that become full. */
export const sqliteSuite: Suite = {
  name: "sqlite",
  share: 2,
  minimums: { "writers killed": 100, "events acknowledged": 50_000 },
  run,
};

async function run(context: SuiteContext): Promise<SuiteResult> {
  const { seed, signal, log } = context;
  const random = new Random(seed);
  const isFinished = finishing(context);
  const full: Record<string, number> = {};
  const rejected: Record<string, number> = {};
  const violations: string[] = [];
  for (const { name, open } of smallFiles) {
    await using file = await open();
    if (file === undefined) {
      log(`${name}: skipped, this user is not allowed to mount a file system`);
      continue;
    }
    const filled = await fillFile(file, random, signal);
    violations.push(...filled.violations.map((violation) => `${name}: ${violation}`));
    full[`full file: ${name}`] = 1;
    rejected[name] = filled.tally.failed;
  }
  const killed = await killProcesses(context, random, isFinished);
  const { faults, ...figures } = killed.figures;
  return {
    name: "sqlite",
    violations: [...violations, ...killed.violations],
    figures: {
      ...figures,
      "saves rejected by a full file": rejected,
      faults: { ...(faults as Counts), ...full },
    },
  };
}
