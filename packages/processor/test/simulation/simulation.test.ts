import { expect, test } from "vitest";
import { simulate } from "./simulation.ts";

/** Number of schedules per kind. More of them need more time: SIMULATIONS=1000 npx vitest run simulation */
const SCHEDULES = Number(process.env.SIMULATIONS ?? 6);
const FIRST_SEED = Number(process.env.SEED ?? 1);

test.each([
  { partitions: 1, processes: 2, parks: false },
  { partitions: 1, processes: 3, parks: true },
  { partitions: 16, processes: 3, parks: false },
  { partitions: 16, processes: 3, parks: true },
] as const)(
  "slow, paused and killed processes break no rule: $partitions partition(s), $processes processes, parking $parks",
  async (kind) => {
    const totals = { takeovers: 0, repeats: 0, parkings: 0 };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      const result = await simulate({ ...kind, seed });
      expect(result.violations, `seed ${seed}`).toEqual([]);
      totals.takeovers += result.takeovers;
      totals.repeats += result.repeats;
      totals.parkings += result.parkings;
    }
    if (process.env.SIMULATIONS) console.log(kind, totals);
    expect(totals.takeovers).toBeGreaterThan(SCHEDULES);
  },
  600_000,
);
