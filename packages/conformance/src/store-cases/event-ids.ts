import type { BatchEventStore, Event, EventStore, NewEvent } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { similarNames } from "../samples/hostile-texts.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkEveryRead } from "./every-read.ts";
import { openWriters, race } from "./racing.ts";
import { saveAll } from "./save-all.ts";

/** Pairs of ids, in both orders. The first one is stored at the version that follows its index. */
const pairs = similarNames.flatMap(([left, right], index) =>
  index % 2 === 0 ? [{ stored: left, attempted: right }] : [{ stored: right, attempted: left }],
);

/** The stored events. Versions have gaps. */
const stored: readonly Event[] = pairs.map((pair, index) => event("a", 3 * index + 2, { id: pair.stored }));

/** Every third stored event. */
const someStored = stored.filter((_, index) => index % 3 === 0);

/** Tries to save the event of each pair again, with its own id and with the id that looks like it. */
async function checkSameEvent(
  how: string,
  attempt: (event: Event) => Promise<unknown>,
  some: readonly Event[] = stored,
): Promise<void> {
  const currentVersion = stored.at(-1)?.version ?? 0;
  for (const { version, id } of some) {
    const similar = pairs[(version - 2) / 3]?.attempted ?? "";
    for (const attempted of version % 2 === 0 ? [similar, id] : [similar]) {
      await checkRejects(
        "sameEvent is true if, and only if, the ids are equal, character by character",
        { how, stored: id, attempted, version },
        attempt(event("a", version, { id: attempted })),
        { code: "AETHER_VERSION_CONFLICT", currentVersion, sameEvent: attempted === id },
      );
    }
  }
}

const single = (store: EventStore) => (each: Event) => store.saveEvent(each);

function unnamed(version: number): NewEvent {
  const { id: _, ...rest } = event("a", version);
  return rest;
}

const noId = "an event without an id gets a new one, so it is never sameEvent";

export const eventIds: readonly StoreCase[] = storeCaseGroup("event ids", [
  {
    name: "sameEvent compares ids exactly",
    async run(context) {
      const store = await context.open();
      await saveAll(store, stored);
      await checkSameEvent("saveEvent", single(store));
    },
  },
  {
    name: "sameEvent compares the ids of a batch exactly",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      await saveAll(store, stored);
      await checkSameEvent(
        "saveEvents",
        (each) => {
          const index = stored.findIndex(({ version }) => version === each.version);
          return store.saveEvents([...stored.slice(Math.max(0, index - 1), index), each]);
        },
        stored.filter((_, index) => index % 2 === 0),
      );
    },
  },
  {
    name: "a reopened store compares ids exactly",
    needs: ["durable"],
    async run(context) {
      const first = await context.open();
      await saveAll(first, stored);
      await first.close();
      await checkSameEvent("saveEvent, after reopening", single(await context.open()), someStored);
    },
  },
  {
    name: "another open store compares ids exactly",
    needs: ["shared"],
    async run(context) {
      const [first, second] = [await context.open(), await context.open()];
      await saveAll(first, stored);
      await checkSameEvent("saveEvent, by another store", single(second), someStored);
    },
  },
  {
    name: "two saves without an id are different events",
    async run(context) {
      const store = await context.open();
      const { id } = await store.saveEvent(unnamed(1));
      const second = context.supports.shared ? await context.open() : store;
      for (const each of [store, second]) {
        await checkRejects(noId, unnamed(1), each.saveEvent(unnamed(1)), {
          code: "AETHER_VERSION_CONFLICT",
          currentVersion: 1,
          sameEvent: false,
        });
      }
      await checkRejects(
        "sameEvent is true for the id in the receipt",
        { id },
        store.saveEvent(event("a", 1, { id })),
        {
          code: "AETHER_VERSION_CONFLICT",
          sameEvent: true,
        },
      );
      if (context.supports.batch !== true) return;
      const batch = [unnamed(1), unnamed(2)];
      const call = (store as BatchEventStore).saveEvents(batch);
      await checkRejects(noId, batch, call, { code: "AETHER_VERSION_CONFLICT", sameEvent: false });
    },
  },
  {
    name: "of concurrent saves without an id, one wins, and the others get sameEvent: false",
    async run(context) {
      const writers = await openWriters(context, 16);
      const { winners, losers } = await race(writers, (store) => store.saveEvent(unnamed(1)));
      const given = { saving: unnamed(1), writers: writers.length };
      check("exactly one writer wins a version", { given, expected: 1, actual: winners.length });
      check(noId, {
        given,
        expected: losers.map(() => ({ currentVersion: 1, sameEvent: false })),
        actual: losers,
      });
    },
  },
  {
    name: "an id that is already stored can be saved at other versions and for other actors",
    async run(context) {
      const store = await context.open();
      const ofOne = [1, 2, 4, 5].map((version) => event("a", version, { id: "the id" }));
      const ofAnother = [2, 3].map((version) => event("b", version, { id: "the id" }));
      for (const each of [...ofOne.slice(0, 2), ...ofAnother]) await store.saveEvent(each);
      await saveAll(store, ofOne.slice(2));
      const given = "events with one id, at several versions and for two actors";
      await checkEveryRead(store, given, ofOne);
      await checkEveryRead(store, given, ofAnother);
      await checkRejects(
        "sameEvent compares the id with that of the event at the attempted version only",
        { given, attempted: { actorId: "b", version: 1 } },
        store.saveEvent(event("b", 1, { id: "the id" })),
        { code: "AETHER_VERSION_CONFLICT", currentVersion: 3, sameEvent: false },
      );
    },
  },
]);
