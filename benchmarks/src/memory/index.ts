import type { Event } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { type Comparison, compare, patient, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes, Suite } from "../suite.ts";
import { BareMap } from "./bare-map.ts";
import { castore, emmett, type StoreUnderTest } from "./peers.ts";
import { readRows } from "./read-rows.ts";

const EVENTS_PER_ACTOR = 100;

/** Said where a peer that keeps the caller's own objects is nearer than the goal. */
const noCopies =
  "most of the time goes into copying, freezing and collecting what is kept, none of which the peer does; the bare Map of the first row, which only does that, shows how far one could get";

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
  const appended = { unit: "events/s", repetitions };
  const actors = (count / EVENTS_PER_ACTOR).toLocaleString("en");
  const one = { ...appended, name: `append one by one, ${EVENTS_PER_ACTOR} events to each of ${actors} actors` };
  const ours = oneByOne(aether, { count, eventsPerActor: EVENTS_PER_ACTOR });
  const long = { count: 10_000, eventsPerActor: 10_000, times: quick ? 1 : 5 };
  return [
    {
      ...one,
      against: "a bare Map with clone-and-freeze",
      goal: 0.6,
      // The garbage collector makes single rounds swing by half.
      repetitions: patient({ quick, repetitions }),
      ours,
      baseline: oneByOne(bareMap, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...one,
      against: "castore",
      goal: 3,
      why: noCopies,
      ours,
      baseline: oneByOne(castore, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...one,
      against: "emmett, whose appends cost more the more streams there are",
      goal: 7,
      why: noCopies,
      ours,
      baseline: oneByOne(emmett, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...appended,
      name: `append in batches of ${EVENTS_PER_ACTOR}`,
      against: "emmett, in batches too",
      ours: inBatches(aether, { count, eventsPerActor: EVENTS_PER_ACTOR }),
      baseline: inBatches(emmett, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...appended,
      name: "append one by one to one actor, 10,000 events",
      against: "castore",
      goal: 3,
      ours: oneByOne(aether, long),
      baseline: oneByOne(castore, long),
    },
    {
      name: `append one by one to one actor, ${count.toLocaleString("en")} events`,
      against: "the same events, ten an actor",
      unit: "ms for 1,000",
      goal: 1.3,
      lowerIsBetter: true,
      repetitions,
      ours: oneByOne(aether, { count, eventsPerActor: count }, 1_000),
      baseline: oneByOne(aether, { count, eventsPerActor: 10 }, 1_000),
    },
  ];
}

/** What is appended to an empty store, and how often, each time to another one. */
interface Load {
  readonly count: number;
  readonly eventsPerActor: number;
  readonly times?: number;
}

/** The events of a load by actor; made anew for each run, so that no run finds them old. */
function eventsOf({ count, eventsPerActor }: Load): readonly (readonly Event[])[] {
  return Array.from({ length: count / eventsPerActor }, (_, actor) =>
    Array.from({ length: eventsPerActor }, (_, index) => sampleEvent(`order-${actor}`, index + 1)),
  );
}

/** Appends events, each when the one before it is stored; an operation is so many of them. */
function oneByOne(open: () => StoreUnderTest, load: Load, perOperation = 1): Side {
  const { count, times = 1 } = load;
  let events: readonly Event[] = [];
  return {
    prepare: () => {
      events = eventsOf(load).flat();
    },
    run: async () => {
      for (let time = 0; time < times; time++) {
        const store = open();
        for (const event of events) await store.append(event);
      }
      // They must not lie in the way of what the other side allocates.
      events = [];
      return (count * times) / perOperation;
    },
  };
}

function inBatches(open: () => StoreUnderTest, load: Load): Side {
  const { count, times = 1 } = load;
  let batches: readonly (readonly Event[])[] = [];
  return {
    prepare: () => {
      batches = eventsOf(load);
    },
    run: async () => {
      for (let time = 0; time < times; time++) {
        const store = open();
        for (const batch of batches) await store.appendBatch?.(batch);
      }
      batches = [];
      return count * times;
    },
  };
}
