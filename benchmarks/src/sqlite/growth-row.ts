import type { SqliteEventStore } from "@aether/store-sqlite";
import { inFlight } from "../in-flight.ts";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import type { SqliteBench } from "./bench.ts";

const ACTOR_EVENTS = 10;

/** The time of an append to a large store, compared with a small one. */
export async function growthRow(bench: SqliteBench, sizes: Sizes): Promise<Comparison> {
  const { quick, large } = sizes;
  const small = quick ? 1_000 : 10_000;
  const many = quick ? 5_000 : large ? 5_000_000 : 500_000;
  const appends = quick ? 200 : 5_000;
  return {
    name: `append to a store of ${many.toLocaleString("en")} events, one after the other`,
    against: `a store of ${small.toLocaleString("en")} events`,
    unit: "ms per 1,000 events",
    goal: 1.2,
    lowerIsBetter: true,
    repetitions: moreRepetitions(sizes),
    ours: appending(await filled(bench, many), appends),
    baseline: appending(await filled(bench, small), appends),
  };
}

async function filled(bench: SqliteBench, events: number): Promise<SqliteEventStore> {
  const store = await bench.newStore("normal");
  await inFlight(events / ACTOR_EVENTS, 100, (actor) =>
    store.saveEvents(Array.from({ length: ACTOR_EVENTS }, (_, index) => sampleEvent(`order-${actor}`, index + 1))),
  );
  return store;
}

/** Appends to new actors. */
function appending(store: SqliteEventStore, appends: number): Side {
  let run = 0;
  return {
    prepare: () => void run++,
    run: async () => {
      for (let index = 0; index < appends; index++) await store.saveEvent(sampleEvent(`probe-${run}-${index}`, 1));
      return appends / 1_000;
    },
  };
}
