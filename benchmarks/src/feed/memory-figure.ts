import { setTimeout } from "node:timers/promises";
import type { JetStreamBench } from "../jetstream/bench.ts";
import type { Figure, Sizes } from "../suite.ts";
import { fill } from "./fill.ts";

/** The memory that a read of the feed uses while its reader is busy for a minute. */
export async function memoryFigure(bench: JetStreamBench, { quick }: Sizes): Promise<Figure> {
  const store = await bench.open("memory", { cacheSize: 0 });
  const events = quick ? 50_000 : 1_000_000;
  await fill(store, { events, actors: 2_000, perCommit: 10 });
  const before = usedMegabytes();
  let most = 0;
  for await (const page of store.readFeed()) {
    if (page.events.length === 0) throw new Error("the first page is empty");
    for (let second = 0; second < (quick ? 2 : 60); second++) {
      await setTimeout(1_000);
      most = Math.max(most, usedMegabytes() - before);
    }
    break;
  }
  return {
    name: `memory of a reader that is busy for a minute, in a stream of ${events.toLocaleString("en")} events`,
    value: most,
    unit: "MB",
    maximum: 50,
  };
}

/** Memory of objects and of the buffers of the network connections, without garbage. */
function usedMegabytes(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}
