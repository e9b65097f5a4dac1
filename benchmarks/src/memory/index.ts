import type { Event } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { type Comparison, compare, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes, Suite } from "../suite.ts";
import { BareMap } from "./bare-map.ts";
import { castore, emmett, type StoreUnderTest } from "./peers.ts";
import { readRows } from "./read-rows.ts";

const EVENTS_PER_ACTOR = 10;
const BATCH = 100;
/** As many events as are appended where more would take a peer too long. */
const FEW = 5_000;

/** The store in memory, against the least that keeps events immutable and against other stores in memory. */
export const memorySuite: Suite = async (sizes, tell) => {
  for (const row of [...appendRows(sizes), ...(await readRows(sizes))]) tell({ rows: [await compare(row)] });
};

function aether(): StoreUnderTest {
  const store = new MemoryEventStore();
  return {
    append: (event) => store.saveEvent(event),
    appendBatch: (events) => store.saveEvents(events),
    read: (actorId) => store.getEvents(actorId),
  };
}

function bareMap(): StoreUnderTest {
  const map = new BareMap();
  return { append: (event) => map.append(event), read: (actorId) => map.read(actorId) };
}

function appendRows({ quick, repetitions }: Sizes): readonly Comparison[] {
  const count = quick ? 5_000 : 100_000;
  const one = { unit: "events/s", repetitions, name: `append one by one, ${EVENTS_PER_ACTOR} events an actor` };
  const ours = oneByOne(aether, count, EVENTS_PER_ACTOR);
  return [
    {
      ...one,
      against: "a bare Map with clone-and-freeze",
      goal: 0.6,
      ours,
      baseline: oneByOne(bareMap, count, EVENTS_PER_ACTOR),
    },
    { ...one, against: "castore", goal: 3, ours, baseline: oneByOne(castore, count, EVENTS_PER_ACTOR) },
    {
      ...one,
      name: `append one by one, ${EVENTS_PER_ACTOR} events an actor, ${FEW / EVENTS_PER_ACTOR} actors`,
      against: "emmett, whose appends cost more the more streams there are",
      goal: 7,
      ours: oneByOne(aether, FEW, EVENTS_PER_ACTOR),
      baseline: oneByOne(emmett, FEW, EVENTS_PER_ACTOR),
    },
    {
      name: `append in batches of ${BATCH}`,
      against: "emmett, in batches too",
      unit: "events/s",
      goal: 1,
      repetitions,
      ours: inBatches(aether, FEW),
      baseline: inBatches(emmett, FEW),
    },
    {
      name: `append one by one to one actor, ${count.toLocaleString("en")} events`,
      against: `the same events to actors of ${EVENTS_PER_ACTOR}`,
      unit: "microseconds",
      goal: 1.3,
      lowerIsBetter: true,
      repetitions,
      ours: oneByOne(aether, count, count),
      baseline: ours,
    },
    {
      name: "append one by one to one actor, 10,000 events",
      against: "castore",
      unit: "events/s",
      goal: 3,
      repetitions,
      ours: oneByOne(aether, 10_000, 10_000),
      baseline: oneByOne(castore, 10_000, 10_000),
    },
  ];
}

/** Appends events that were made before, each when the one before it is stored. */
function oneByOne(open: () => StoreUnderTest, count: number, eventsPerActor: number): Side {
  let events: readonly Event[] = [];
  return {
    prepare: () => {
      events = Array.from({ length: count }, (_, index) =>
        sampleEvent(`order-${Math.floor(index / eventsPerActor)}`, (index % eventsPerActor) + 1),
      );
    },
    run: async () => {
      const store = open();
      for (const event of events) await store.append(event);
      return count;
    },
  };
}

function inBatches(open: () => StoreUnderTest, count: number): Side {
  let batches: readonly (readonly Event[])[] = [];
  return {
    prepare: () => {
      batches = Array.from({ length: count / BATCH }, (_, batch) =>
        Array.from({ length: BATCH }, (_, index) => sampleEvent(`order-${batch}`, index + 1)),
      );
    },
    run: async () => {
      const store = open();
      for (const batch of batches) await store.appendBatch?.(batch);
      return count;
    },
  };
}
