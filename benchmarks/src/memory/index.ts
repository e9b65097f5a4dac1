import type { Event } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { type Comparison, compare, moreRepetitions, type Side } from "../measure.ts";
import { sampleEvent } from "../sample-event.ts";
import type { Sizes, Suite } from "../suite.ts";
import { castore, emmett, type StoreUnderTest } from "./peers.ts";
import { PlainMap } from "./plain-map.ts";
import { readRows } from "./read-rows.ts";

const EVENTS_PER_ACTOR = 100;

/** Reason for a missed goal in comparison with a store that keeps the caller's own objects. */
const otherStoreDoesNotCopy =
  "copying, freezing and garbage collection take most of the time, and the other store neither copies nor freezes; " +
  "the plain Map in the first row does little else, and shows how fast a store of immutable events can be";

/** The in-memory store, compared with a plain map of immutable events and with other in-memory stores. */
export const memorySuite: Suite = async (sizes, report) => {
  for (const row of [...appendRows(sizes), ...(await readRows(sizes))]) report({ rows: [await compare(row)] });
};

function aether(): StoreUnderTest {
  const store = new MemoryEventStore();
  return {
    append: (event) => store.saveEvent(event),
    appendBatch: (events) => store.saveEvents(events),
    read: (actorId) => store.getEvents(actorId),
  };
}

function plainMap(): StoreUnderTest {
  const map = new PlainMap();
  return { append: (event) => map.append(event), read: (actorId) => map.read(actorId) };
}

function appendRows({ quick, repetitions }: Sizes): readonly Comparison[] {
  const count = quick ? 5_000 : 100_000;
  const appended = { unit: "events/s", repetitions };
  const actors = (count / EVENTS_PER_ACTOR).toLocaleString("en");
  const single = { ...appended, name: `append single events, ${EVENTS_PER_ACTOR} to each of ${actors} actors` };
  const ours = oneByOne(aether, { count, eventsPerActor: EVENTS_PER_ACTOR });
  const long = { count: 10_000, eventsPerActor: 10_000, times: quick ? 1 : 5 };
  return [
    {
      ...single,
      against: "a plain Map that copies and freezes",
      goal: 0.6,
      // The speed of single runs varies by half, because of the garbage collector.
      repetitions: moreRepetitions({ quick, repetitions }),
      ours,
      baseline: oneByOne(plainMap, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...single,
      against: "castore",
      goal: 3,
      reason: otherStoreDoesNotCopy,
      ours,
      baseline: oneByOne(castore, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...single,
      against: "emmett, whose appends become slower with more streams",
      goal: 7,
      reason: otherStoreDoesNotCopy,
      ours,
      baseline: oneByOne(emmett, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...appended,
      name: `append in batches of ${EVENTS_PER_ACTOR}`,
      against: "emmett, also in batches",
      ours: inBatches(aether, { count, eventsPerActor: EVENTS_PER_ACTOR }),
      baseline: inBatches(emmett, { count, eventsPerActor: EVENTS_PER_ACTOR }),
    },
    {
      ...appended,
      name: "append 10,000 single events to one actor",
      against: "castore",
      goal: 3,
      ours: oneByOne(aether, long),
      baseline: oneByOne(castore, long),
    },
    {
      name: `append ${count.toLocaleString("en")} single events to one actor`,
      against: "the same number of events, ten to each actor",
      unit: "ms per 1,000 events",
      goal: 1.3,
      lowerIsBetter: true,
      repetitions,
      ours: oneByOne(aether, { count, eventsPerActor: count }, 1_000),
      baseline: oneByOne(aether, { count, eventsPerActor: 10 }, 1_000),
    },
  ];
}

/** Events that are appended to an empty store. */
interface Load {
  readonly count: number;
  readonly eventsPerActor: number;
  /** Number of empty stores to which the same events are appended, one after the other. @default 1 */
  readonly times?: number;
}

/** Creates the events of a load, grouped by actor. Each run gets new objects, so that all runs are equal. */
function eventsOf({ count, eventsPerActor }: Load): readonly (readonly Event[])[] {
  return Array.from({ length: count / eventsPerActor }, (_, actor) =>
    Array.from({ length: eventsPerActor }, (_, index) => sampleEvent(`order-${actor}`, index + 1)),
  );
}

/** Appends each event after the previous one is stored. `perOperation` events count as one operation. */
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
      // Releases the events, so that they do not burden the garbage collector during the other side's run.
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
