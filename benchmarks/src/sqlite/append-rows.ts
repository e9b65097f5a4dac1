import type { Event } from "@aether/core";
import type { SqliteEventStore } from "@aether/store-sqlite";
import { inFlight } from "../in-flight.ts";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes } from "../suite.ts";
import { driverName, type SqliteBench } from "./bench.ts";
import { HandWritten } from "./hand-written.ts";

const ACTORS = 100;
const BATCH_EVENTS = 100;
const IN_FLIGHT = 64;

/** Appends, compared with prepared statements that an application would write by hand. */
export async function appendRows(bench: SqliteBench, sizes: Sizes): Promise<readonly Comparison[]> {
  const { quick } = sizes;
  const repetitions = moreRepetitions(sizes);
  const normal = await bench.newStore("normal");
  const byHand = new HandWritten(bench.newDatabase(), "normal");
  const full = await bench.newStore("full");
  const singles = quick ? 500 : 10_000;
  const batches = quick ? 10 : 200;
  const synced = quick ? 200 : 2_000;
  const against = `a prepared INSERT in its own transaction, on ${driverName}`;
  return [
    {
      name: 'append single events one after the other, synchronous: "normal"',
      against,
      unit: "events/s",
      goal: 0.7,
      repetitions,
      ours: appending(singles, 1, ([event]) => normal.saveEvent(event as Event)),
      baseline: appending(singles, 1, (events) => byHand.append(events)),
    },
    {
      name: `append in batches of ${BATCH_EVENTS}, synchronous: "normal"`,
      against,
      unit: "events/s",
      goal: 0.6,
      repetitions,
      ours: appending(batches, BATCH_EVENTS, (events) => normal.saveEvents(events)),
      baseline: appending(batches, BATCH_EVENTS, (events) => byHand.append(events)),
    },
    {
      name: `append with ${IN_FLIGHT} saves in flight, synchronous: "full"`,
      against: "the same store, one save after the other",
      unit: "events/s",
      goal: 5,
      repetitions,
      ours: concurrently(full, 5 * synced),
      baseline: appending(synced, 1, ([event]) => full.saveEvent(event as Event)),
    },
  ];
}

let runs = 0;

/** Appends batches to new actors, one after the other. The events are created before the timed run. */
function appending(batches: number, batchEvents: number, append: (events: readonly Event[]) => unknown): Side {
  let prepared: readonly (readonly Event[])[] = [];
  return {
    prepare: () => {
      const run = runs++;
      prepared = Array.from({ length: batches }, (_, index) => {
        const first = Math.floor(index / ACTORS) * batchEvents;
        const actorId = `order-${run}-${index % ACTORS}`;
        return Array.from({ length: batchEvents }, (_, at) => sampleEvent(actorId, first + at + 1));
      });
    },
    run: async () => {
      for (const events of prepared) await append(events);
      return batches * batchEvents;
    },
  };
}

function concurrently(store: SqliteEventStore, count: number): Side {
  let events: readonly Event[] = [];
  return {
    prepare: () => {
      const run = runs++;
      events = Array.from({ length: count }, (_, index) => sampleEvent(`order-${run}-${index}`, 1));
    },
    run: () => inFlight(count, IN_FLIGHT, (index) => store.saveEvent(events[index] as Event)),
  };
}
