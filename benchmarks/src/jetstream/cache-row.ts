import { inFlight } from "../in-flight.ts";
import type { Result } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import type { JetStreamBench } from "./bench.ts";

const LIMIT_MEGABYTES = 150;

/** The memory of a full version cache, measured as the growth of the heap while events of new actors are saved. */
export async function cacheRow(bench: JetStreamBench, { quick }: Sizes): Promise<Result> {
  const actors = quick ? 50_000 : 1_000_000;
  const store = await bench.open("cache", { cacheSize: 1_000_000 });
  const before = heapMegabytes();
  await inFlight(actors, 512, (index) => store.saveEvent(sampleEvent(`order-${String(index).padStart(7, "0")}`, 1)));
  const perActor = (heapMegabytes() - before) / actors;
  if (store.cacheStats.entries !== actors) throw new Error(`the cache holds ${store.cacheStats.entries} actors`);
  const ours = perActor * 1_000_000;
  const ratio = ours / LIMIT_MEGABYTES;
  return {
    name: "memory of the version cache, 1,000,000 actors",
    against: `a limit of ${LIMIT_MEGABYTES} MB`,
    unit: "MB",
    ours,
    baseline: LIMIT_MEGABYTES,
    ratio,
    goal: 1,
    lowerIsBetter: true,
    spread: [ratio, ratio],
  };
}

function heapMegabytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
}
