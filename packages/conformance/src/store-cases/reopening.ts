import type { BatchEventStore, Event, EventStore, Position, StoreSupports } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { checkEveryRead } from "./every-read.ts";
import { saveAll, saveLongHistory } from "./save-all.ts";
import { asAnyStore } from "./store-calls.ts";

/** The versions that are stored before the first reopening, with gaps. */
const stored = [1, 2, 5, 9, 10, 11, 40];

/** A call that may be the first one after a store has been opened. */
interface FirstCall {
  readonly call: string;
  readonly needs?: keyof StoreSupports;
  /** Makes the call, and checks its result. Resolves to the events that it has stored. */
  readonly run: (store: EventStore) => Promise<readonly Event[]>;
}

const given = (call: string) => ({ saved: stored, reopened: true, firstCall: call });

function read(call: string, expected: unknown, run: (store: EventStore) => Promise<unknown>): FirstCall["run"] {
  return async (store) => {
    const actual = await run(store);
    check("the first call after reopening returns what was stored", { given: given(call), expected, actual });
    return [];
  };
}

function conflict(call: string, sameEvent: boolean, run: (store: EventStore) => Promise<unknown>): FirstCall["run"] {
  return async (store) => {
    await checkRejects("the first save after reopening rejects a version that is taken", given(call), run(store), {
      code: "AETHER_VERSION_CONFLICT",
      currentVersion: 40,
      sameEvent,
    });
    return [];
  };
}

const another = (version: number): Event => event("a", version, { id: "another" });
const batch = (store: EventStore, all: readonly Event[]) => (store as BatchEventStore).saveEvents(all);

/** Every kind of call. Those that store events come last. */
const firstCalls: readonly FirstCall[] = [
  { call: "getLatestVersion", run: read("getLatestVersion", 40, (store) => store.getLatestVersion("a")) },
  {
    call: "getEvents from a version",
    run: read("getEvents from 6", events("a", [9, 10, 11, 40]), (store) => store.getEvents("a", 6)),
  },
  {
    call: "getEvents after the last version",
    run: read("getEvents from 41", [], (store) => store.getEvents("a", 41)),
  },
  {
    call: "getEvents of an actor without events",
    run: read("getEvents of another actor", [], (store) => store.getEvents("without-events")),
  },
  {
    call: "getEventsWithErrors",
    needs: "replayErrors",
    run: read("getEventsWithErrors from 10", { events: events("a", [10, 11, 40]), errors: [] }, async (store) => ({
      ...(await asAnyStore(store).getEventsWithErrors("a", 10)),
    })),
  },
  {
    call: "readEvents, backward",
    needs: "streaming",
    run: read("readEvents, backward", [40, 11], async (store) =>
      versionsOf(await collect(asAnyStore(store).readEvents("a", { direction: "backward", limit: 2 }))),
    ),
  },
  {
    call: "readEvents of a range",
    needs: "streaming",
    run: read("readEvents from 2 to 10", [2, 5, 9, 10], async (store) =>
      versionsOf(await collect(asAnyStore(store).readEvents("a", { fromVersion: 2, toVersion: 10 }))),
    ),
  },
  {
    call: "a save of a taken version",
    run: conflict("save of version 9", false, (store) => store.saveEvent(another(9))),
  },
  {
    call: "a save in a gap",
    run: conflict("save of version 30", false, (store) => store.saveEvent(another(30))),
  },
  {
    call: "a repeated save",
    run: conflict("save of version 5 again", true, (store) => store.saveEvent(event("a", 5))),
  },
  {
    call: "a batch of taken versions",
    needs: "batch",
    run: conflict("batch of 40 and 41", false, (store) => batch(store, [another(40), another(41)])),
  },
  {
    call: "a repeated batch",
    needs: "batch",
    run: conflict("batch of 9, 10 and 11 again", true, (store) => batch(store, events("a", [9, 10, 11]))),
  },
  {
    call: "a save",
    run: async (store) => {
      const next = event("a", 41);
      await store.saveEvent(next);
      return [next];
    },
  },
];

async function saveStored(store: EventStore): Promise<void> {
  await store.saveEvent(event("a", 1));
  await saveAll(store, events("a", [2, 5]));
  await store.saveEvent(event("b", 1));
  await saveAll(store, events("a", [9, 10, 11]));
  await store.saveEvent(event("a", 40));
}

export const reopening: readonly StoreCase[] = storeCaseGroup(
  "durability",
  [
    {
      name: "any call may be the first one after reopening",
      async run(context) {
        const first = await context.open();
        await saveStored(first);
        await first.close();
        for (const { needs, run } of firstCalls) {
          if (needs !== undefined && context.supports[needs] !== true) continue;
          const store = await context.open();
          await run(store);
          await store.close();
        }
        const last = await context.open();
        await checkEveryRead(last, "reopened for each kind of call", events("a", [...stored, 41]));
      },
    },
    {
      name: "a batch may be the first call after reopening",
      needs: ["batch"],
      async run(context) {
        const first = await context.open();
        await saveStored(first);
        await first.close();
        const second = await context.open("batch");
        await second.saveEvents(events("a", [41, 43]));
        await second.close();
        await checkEveryRead(await context.open(), "a batch after reopening", events("a", [...stored, 41, 43]));
      },
    },
    {
      name: "a store can be reopened many times",
      async run(context) {
        let saved: readonly Event[] = [];
        const positions: Position[] = [];
        for (const round of range(0, 7)) {
          const store = await context.open();
          check("getEvents returns every event completely after each reopening", {
            given: { reopened: round },
            expected: saved,
            actual: await store.getEvents("a"),
          });
          const next = 3 * round + 1;
          const added = [event("a", next), ...events("a", [next + 1, next + 2].slice(0, 1 + (round % 2)))];
          positions.push((await store.saveEvent(event("a", next))).position);
          for (const { position } of await saveAll(store, added.slice(1))) positions.push(position);
          saved = [...saved, ...added];
          await checkRejects(
            "a reopened store rejects versions that are taken, and knows their ids",
            { reopened: round, attempted: 1 },
            store.saveEvent(event("a", 1)),
            { code: "AETHER_VERSION_CONFLICT", currentVersion: saved.at(-1)?.version ?? 0, sameEvent: true },
          );
          await store.close();
        }
        checkPositionsAscend("saved by eight stores, one after the other", positions);
        await checkEveryRead(await context.open(), "reopened eight times", saved);
      },
    },
    {
      name: "a long history is complete after reopening",
      async run(context) {
        const first = await context.open();
        const all = await saveLongHistory(context, first, 1_001);
        await first.close();
        const second = await context.open();
        const last = all.at(-1)?.version ?? 0;
        await checkRejects(
          "after reopening, sameEvent is true for a repeated save",
          { saved: last, attempted: last >> 1 },
          second.saveEvent(event("a", last >> 1)),
          { code: "AETHER_VERSION_CONFLICT", currentVersion: last, sameEvent: true },
        );
        await second.saveEvent(event("a", last + 1));
        await second.close();
        const expected = [...all, event("a", last + 1)];
        const third = await context.open();
        for (const fromVersion of [0, last >> 1]) {
          check("getEvents returns every event of a long history after reopening", {
            given: { saved: last + 1, reopened: 2, fromVersion },
            expected: expected.filter(({ version }) => version >= fromVersion),
            actual: await third.getEvents("a", fromVersion),
          });
        }
      },
    },
  ],
  ["durable"],
);
