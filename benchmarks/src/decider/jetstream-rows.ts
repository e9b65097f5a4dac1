import { commandHandler } from "@aether/decider";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { inFlight } from "../in-flight.ts";
import type { JetStreamBench } from "../jetstream/bench.ts";
import { type Comparison, moreRepetitions } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { addLine, type OrderEvent, orders } from "./line-items.ts";
import { lineAdded } from "./memory-rows.ts";

/** Commands on JetStream, compared with saves of the same events: one at a time, and of 64 actors at once. */
export async function jetStreamRows(bench: JetStreamBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const [one, many] = sizes.quick ? [100, 640] : [2_000, 20_000];
  return [await warmRow(bench, sizes, 1, one), await warmRow(bench, sizes, 64, many)];
}

async function warmRow(bench: JetStreamBench, sizes: Sizes, actors: number, commands: number): Promise<Comparison> {
  const streamName = bench.unique("commands");
  const store = await JetStreamEventStore.open<OrderEvent>(bench.own, { streamName, streamRetention: "forever" });
  const handler = commandHandler(store, orders);
  const versions = new Map<string, number>();
  const save = (actorId: string) => {
    const version = (versions.get(actorId) ?? 0) + 1;
    versions.set(actorId, version);
    return store.saveEvent(lineAdded(actorId, version));
  };
  return {
    name: `handle commands whose actors are in the cache, on JetStream, ${actors} at a time`,
    against: "saveEvent of the same events, with known versions",
    unit: "commands/s",
    goal: 0.85,
    repetitions: moreRepetitions(sizes),
    ours: { run: () => inFlight(commands, actors, (index) => handler.handle(`ours-${index % actors}`, addLine)) },
    baseline: { run: () => inFlight(commands, actors, (index) => save(`baseline-${index % actors}`)) },
  };
}
