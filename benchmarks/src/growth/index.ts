import type { BatchEventStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import { connect } from "@nats-io/transport-node";
import { inFlight } from "../in-flight.ts";
import { median, moreRepetitions } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Point, Report, Sizes, Suite } from "../suite.ts";

type Open = (name: string) => Promise<BatchEventStore>;

/** The time of an append, and the time to load an actor, as a store grows. */
export const growthSuite: Suite = async (sizes, report) => {
  await measureGrowth("in-memory", async () => new MemoryEventStore(), sizes, report);
  const server = await startNatsServer();
  const connection = await connect({ servers: server.url });
  try {
    const open: Open = (streamName) => JetStreamEventStore.open(connection, { streamName, streamRetention: "forever" });
    await measureGrowth("JetStream", open, sizes, report);
  } finally {
    await connection.close();
    await server.stop();
  }
};

/** Beginning of the name of a curve, by probe. */
const probeTexts = { append: "Time of an append to", load: "Time to load ten events from" } as const;

/** Measures many equal operations, one after the other. */
interface Probe {
  readonly name: "append" | "load";
  /** Returns the microseconds per operation. */
  readonly once: (round: number) => Promise<number>;
}

async function measureGrowth(storeName: string, open: Open, sizes: Sizes, report: Report): Promise<void> {
  const { quick, large } = sizes;
  const [thousand, million] = [1_000, 1_000_000];
  const events = quick ? [thousand, 10_000] : [10_000, 100_000, million, ...(large ? [10 * million] : [])];
  const actors = quick ? [100, thousand] : [thousand, 10_000, 100_000, million];
  const few = quick ? 100 : thousand;
  const manyEvents = (size: number): Filling => ({ actors: few, eventsEach: size / few });
  const manyActors = (size: number): Filling => ({ actors: size, eventsEach: 1 });
  await measureSizes(storeName, "events", events, manyEvents, open, sizes, report);
  await measureSizes(storeName, "actors", actors, manyActors, open, sizes, report);
}

/** Contents of a store before the measurement. */
interface Filling {
  readonly actors: number;
  readonly eventsEach: number;
}

/** Opens a store for each size, fills all of them, then measures them in turn. */
async function measureSizes(
  storeName: string,
  growing: "events" | "actors",
  storeSizes: readonly number[],
  fillingOf: (size: number) => Filling,
  open: Open,
  sizes: Sizes,
  report: Report,
): Promise<void> {
  const stores: BatchEventStore[] = [];
  for (const size of storeSizes) {
    const store = await open(`${growing}-${size}`);
    await fill(store, fillingOf(size));
    stores.push(store);
  }
  // One value per store and round. Round -1 is the warm-up, whose values are not kept.
  const measured = { append: stores.map((): number[] => []), load: stores.map((): number[] => []) };
  for (let round = -1; round < moreRepetitions(sizes); round++) {
    for (const [index, store] of stores.entries()) {
      for (const { name, once } of probes(store)) {
        const microseconds = await once(round + 1);
        if (round >= 0) measured[name][index]?.push(microseconds);
      }
    }
  }
  for (const store of stores) await store.close();
  for (const name of ["append", "load"] as const) {
    const curve = storeSizes.map((x, index): Point => ({ x, ...summary(measured[name][index] ?? []) }));
    report({
      curves: [
        {
          name: `${probeTexts[name]} the ${storeName} store`,
          x: `number of ${growing} in the store`,
          unit: "microseconds",
          series: [{ name: storeName, points: curve }],
        },
      ],
    });
    const [first, last] = [curve[0], curve.at(-1)];
    if (growing !== "events" || name !== "append" || first === undefined || last === undefined) continue;
    const firsts = measured[name][0] ?? [];
    const ratios = measured[name].at(-1)?.map((value, round) => value / (firsts[round] as number)) ?? [];
    const { y: ratio, spread } = summary(ratios);
    const store = `${storeName === "in-memory" ? "an" : "a"} ${storeName} store`;
    report({
      rows: [
        {
          name: `append to ${store} of ${last.x.toLocaleString("en")} events`,
          against: `a store of ${first.x.toLocaleString("en")} events`,
          unit: "microseconds",
          ours: last.y,
          baseline: first.y,
          ratio,
          goal: 1.2,
          lowerIsBetter: true,
          spread,
        },
      ],
    });
  }
}

/** Two probes: appending single events to a new actor, and loading a new actor with ten events. */
function probes(store: BatchEventStore): readonly Probe[] {
  const isMemory = store instanceof MemoryEventStore;
  const appends = isMemory ? 20_000 : 500;
  const loads = isMemory ? 50_000 : 300;
  return [
    {
      name: "append",
      once: async (round) => {
        const events = Array.from({ length: appends }, (_, index) => sampleEvent(`probe-${round}`, index + 1));
        const started = performance.now();
        for (const event of events) await store.saveEvent(event);
        return ((performance.now() - started) * 1_000) / appends;
      },
    },
    {
      name: "load",
      once: async (round) => {
        const actorId = `loaded-${round}`;
        await store.saveEvents(Array.from({ length: 10 }, (_, index) => sampleEvent(actorId, index + 1)));
        const started = performance.now();
        for (let load = 0; load < loads; load++) await store.getEvents(actorId);
        return ((performance.now() - started) * 1_000) / loads;
      },
    },
  ];
}

async function fill(store: BatchEventStore, { actors, eventsEach }: Filling): Promise<void> {
  const perCommit = Math.min(10, eventsEach);
  const commits = eventsEach / perCommit;
  for (let commit = 0; commit < commits; commit++) {
    await inFlight(actors, 256, (actor) =>
      store.saveEvents(
        Array.from({ length: perCommit }, (_, index) => sampleEvent(`order-${actor}`, commit * perCommit + index + 1)),
      ),
    );
  }
}

function summary(values: readonly number[]): Pick<Point, "y" | "spread"> {
  return { y: median(values), spread: [Math.min(...values), Math.max(...values)] };
}
