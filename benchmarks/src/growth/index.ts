import type { BatchEventStore } from "@aether/core";
import { startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import { connect } from "@nats-io/transport-node";
import { inFlight } from "../in-flight.ts";
import { median, patient } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Point, Sizes, Suite, Tell } from "../suite.ts";

type Open = (name: string) => Promise<BatchEventStore>;

/** How the cost of an append and of a load changes as a store grows. */
export const growthSuite: Suite = async (sizes, tell) => {
  await growth("memory", async () => new MemoryEventStore(), sizes, tell);
  const server = await startNatsServer();
  const connection = await connect({ servers: server.url });
  try {
    const open: Open = (streamName) => JetStreamEventStore.open(connection, { streamName, streamRetention: "forever" });
    await growth("JetStream", open, sizes, tell);
  } finally {
    await connection.close();
    await server.stop();
  }
};

/** One measurement: so many operations, one after the other. Resolves to the microseconds of each. */
interface Probe {
  readonly name: "append" | "load";
  readonly once: (round: number) => Promise<number>;
}

async function growth(storeName: string, open: Open, sizes: Sizes, tell: Tell): Promise<void> {
  const { quick, large } = sizes;
  const [thousand, million] = [1_000, 1_000_000];
  const events = quick ? [thousand, 10_000] : [10_000, 100_000, million, ...(large ? [10 * million] : [])];
  const actors = quick ? [100, thousand] : [thousand, 10_000, 100_000, million];
  const few = quick ? 100 : thousand;
  // As many events for each of a thousand actors; then one event for each of ever more actors.
  await grown(storeName, "events", events, (size) => ({ actors: few, eventsEach: size / few }), open, sizes, tell);
  await grown(storeName, "actors", actors, (size) => ({ actors: size, eventsEach: 1 }), open, sizes, tell);
}

interface Filling {
  readonly actors: number;
  readonly eventsEach: number;
}

/** All sizes at once, each in a store of its own, measured in turn. */
async function grown(
  storeName: string,
  what: "events" | "actors",
  sizesOfIt: readonly number[],
  fillingOf: (size: number) => Filling,
  open: Open,
  sizes: Sizes,
  tell: Tell,
): Promise<void> {
  const stores: BatchEventStore[] = [];
  for (const size of sizesOfIt) {
    const store = await open(`${what}-${size}`);
    await fill(store, fillingOf(size));
    stores.push(store);
  }
  // Of each store, a value for each round; the garbage collector makes them swing.
  const measured = { append: stores.map((): number[] => []), load: stores.map((): number[] => []) };
  for (let round = -1; round < patient(sizes); round++) {
    for (const [index, store] of stores.entries()) {
      for (const { name, once } of probes(store)) {
        const microseconds = await once(round + 1);
        if (round >= 0) measured[name][index]?.push(microseconds);
      }
    }
  }
  for (const store of stores) await store.close();
  for (const name of ["append", "load"] as const) {
    const curve = sizesOfIt.map((x, index): Point => ({ x, ...middle(measured[name][index] ?? []) }));
    tell({
      curves: [
        {
          name: `${name === "append" ? "Append" : "Load ten events"}, ${storeName}`,
          x: `${what} in the store`,
          unit: "microseconds",
          series: [{ name: storeName, points: curve }],
        },
      ],
    });
    const [first, last] = [curve[0], curve.at(-1)];
    if (what !== "events" || name !== "append" || first === undefined || last === undefined) continue;
    const firsts = measured[name][0] ?? [];
    const ratios = measured[name].at(-1)?.map((value, round) => value / (firsts[round] as number)) ?? [];
    const { y: ratio, spread } = middle(ratios);
    tell({
      rows: [
        {
          name: `append to ${last.x.toLocaleString("en")} events, ${storeName}`,
          against: `to ${first.x.toLocaleString("en")}`,
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

/** One by one, to an actor that is there already; and loads of a whole actor of ten events. */
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

function middle(values: readonly number[]): Pick<Point, "y" | "spread"> {
  return { y: median(values), spread: [Math.min(...values), Math.max(...values)] };
}
