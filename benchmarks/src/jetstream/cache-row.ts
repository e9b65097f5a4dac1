import { inFlight } from "../in-flight.ts";
import type { Result } from "../measure.ts";
import { type JetStreamBench, sampleEvent } from "./bench.ts";

/** What the version cache takes: actors are saved until it is full, and the heap is compared with what it was. */
export async function cacheRow(bench: JetStreamBench, { quick }: { readonly quick: boolean }): Promise<Result> {
  const actors = quick ? 50_000 : 1_000_000;
  const store = await bench.open("cache", { cacheSize: 1_000_000 });
  const before = heapMegabytes();
  await inFlight(actors, 512, (index) => store.saveEvent(sampleEvent(`order-${String(index).padStart(7, "0")}`, 1)));
  const perActor = (heapMegabytes() - before) / actors;
  if (store.cacheStats.entries !== actors) throw new Error(`the cache holds ${store.cacheStats.entries} actors`);
  const ours = perActor * 1_000_000;
  return {
    name: "memory of the version cache, a million actors",
    unit: "MB",
    ours,
    baseline: 150,
    ratio: ours / 150,
    goal: 1,
    lowerIsBetter: true,
    spread: [ours / 150, ours / 150],
  };
}

function heapMegabytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
}
