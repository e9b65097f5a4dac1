import type { BatchEventStore, Event, EventStore } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkEveryRead } from "./every-read.ts";
import { openWriters, race, WRITERS } from "./racing.ts";

/** The stored versions: single events and batches, with gaps. */
const stored = [2, 5, 6, 9, 14, 15, 40];

const other = (version: number): Event => event("a", version, { id: "another" });
const own = (...versions: readonly number[]): readonly Event[] => events("a", versions);

/** Batches of taken versions, and the `sameEvent` of their conflicts. */
const attempts: readonly { readonly batch: readonly Event[]; readonly sameEvent: boolean }[] = [
  { batch: own(...stored), sameEvent: true },
  { batch: own(5, 6, 9), sameEvent: true },
  { batch: own(2, 9, 40), sameEvent: true },
  { batch: own(6, 15), sameEvent: true },
  { batch: own(15, 40), sameEvent: true },
  { batch: own(40), sameEvent: true },
  { batch: own(2, 3), sameEvent: false },
  { batch: own(2, 3, 5), sameEvent: false },
  { batch: own(5, 6, 7, 9), sameEvent: false },
  { batch: own(1, 2), sameEvent: false },
  { batch: own(39, 40), sameEvent: false },
  { batch: own(40, 41), sameEvent: false },
  { batch: [...own(2, 5), other(6)], sameEvent: false },
  { batch: [other(2), ...own(5, 6)], sameEvent: false },
  { batch: [...own(5), other(6), ...own(9)], sameEvent: false },
  { batch: [event("a", 2, { id: "a#5" }), event("a", 5, { id: "a#6" })], sameEvent: false },
  { batch: [event("a", 1, { id: "a#2" }), event("a", 2, { id: "a#5" })], sameEvent: false },
  { batch: [event("a", 3, { id: "a#2" }), event("a", 4, { id: "a#5" })], sameEvent: false },
  { batch: own(2, 5), sameEvent: true },
];

async function saveStored(store: BatchEventStore): Promise<void> {
  await store.saveEvents(own(2, 5));
  await store.saveEvent(event("a", 6));
  await store.saveEvents(own(9, 14, 15));
  await store.saveEvent(event("a", 40));
}

async function checkAttempts(store: BatchEventStore, how: string): Promise<void> {
  for (const { batch, sameEvent } of attempts) {
    await checkRejects(
      "sameEvent is true if, and only if, every event of the batch is stored at its own version",
      { how, saved: stored, batch: batch.map(({ id, version }) => ({ id, version })) },
      store.saveEvents(batch),
      {
        code: "AETHER_VERSION_CONFLICT",
        actorId: "a",
        attemptedVersion: batch[0]?.version ?? 0,
        currentVersion: 40,
        sameEvent,
      },
    );
  }
  check("conflicts do not change the latest version", {
    given: { how, saved: stored, rejected: attempts.length },
    expected: 40,
    actual: await store.getLatestVersion("a"),
  });
}

/** The batch of a writer: one to three events from version `first` on. */
function batchOf(writer: number, first: number): readonly Event[] {
  const versions = [first, first + 2, first + 3].slice(0, 1 + (writer % 3));
  return versions.map((version) => event("a", version, { id: `writer ${writer}, ${version}` }));
}

export const batchConflicts: readonly StoreCase[] = storeCaseGroup(
  "batches",
  [
    {
      name: "sameEvent of a batch compares each event with the one at its version, even with gaps",
      async run(context) {
        const store = await context.open("batch");
        await saveStored(store);
        await checkAttempts(store, "saveEvents");
        await checkEveryRead(store, { saved: stored, rejected: attempts.length }, own(...stored));
      },
    },
    {
      name: "a reopened store compares each event of a batch with the one at its version",
      needs: ["durable"],
      async run(context) {
        const first = await context.open("batch");
        await saveStored(first);
        await first.close();
        await checkAttempts(await context.open("batch"), "saveEvents, after reopening");
      },
    },
    {
      name: "another open store compares each event of a batch with the one at its version",
      needs: ["shared"],
      async run(context) {
        const [first, second] = [await context.open("batch"), await context.open("batch")];
        await second.getEvents("a");
        await saveStored(first);
        await checkAttempts(second, "saveEvents, by another open store");
      },
    },
    {
      name: "reads return a batch although the actor was read before",
      async run(context) {
        const store = await context.open("batch");
        const stores = context.supports.shared ? [store, await context.open("batch")] : [store];
        let saved: readonly Event[] = [];
        const save = async (writer: BatchEventStore, batch: readonly Event[]): Promise<void> => {
          if (batch.length === 1 && batch[0] !== undefined) await writer.saveEvent(batch[0]);
          else await writer.saveEvents(batch);
          saved = [...saved, ...batch];
          const given = { saved: versionsOf(saved), lastBatch: versionsOf(batch), readBefore: "in every way" };
          for (const reader of stores) await checkEveryRead(reader, given, saved);
        };
        await save(store, own(1));
        await save(store, own(2, 3));
        await save(stores.at(-1) ?? store, own(5, 6, 7));
      },
    },
    {
      name: "a batch and a single save of the same version do not both succeed",
      async run(context) {
        const [store, ...others] = await openWriters(context, WRITERS);
        if (store === undefined) return;
        const writers = [store, ...others];
        const saveOf = (each: EventStore, writer: number, first: number): Promise<unknown> => {
          const batch = batchOf(writer, first);
          if (writer % 2 === 1) return (each as BatchEventStore).saveEvents(batch);
          return each.saveEvent(batch[0] ?? event("a", first));
        };
        let expected: readonly Event[] = [];
        for (const round of [0, 1, 2]) {
          const first = (expected.at(-1)?.version ?? 0) + 1;
          // In each round, another kind of writer comes first.
          const { winners, losers } = await race(writers, (each, place) => saveOf(each, place + round, first));
          const given = { writers: "8 single saves and 8 batches, at the same time", stores: new Set(writers).size };
          check("of single saves and batches with the same first version, exactly one wins", {
            given,
            expected: 1,
            actual: winners.length,
          });
          const writer = (winners[0] ?? 0) + round;
          const won = batchOf(writer, first);
          expected = [...expected, ...(writer % 2 === 1 ? won : won.slice(0, 1))];
          const truth = { currentVersion: expected.at(-1)?.version ?? 0, sameEvent: false };
          check("a writer that got a conflict gets the true current version", {
            given,
            expected: losers.map(() => truth),
            actual: losers,
          });
        }
        await checkEveryRead(store, "races of single saves with batches", expected, "a");
      },
    },
    {
      name: "batches and single saves at the same time are stored as if they ran one after the other",
      async run(context) {
        const [store, ...others] = await openWriters(context, WRITERS);
        if (store === undefined) return;
        const { winners } = await race([store, ...others], (each, writer) => {
          const first = 1 + (writer >> 1) * 4;
          const batch = batchOf(writer, first);
          return writer % 2 === 1
            ? (each as BatchEventStore).saveEvents(batch)
            : each.saveEvent(batch[0] ?? event("a", 1));
        });
        const acknowledged = winners.flatMap((writer) => {
          const batch = batchOf(writer, 1 + (writer >> 1) * 4);
          return writer % 2 === 1 ? batch : batch.slice(0, 1);
        });
        const inOrder = acknowledged.toSorted((left, right) => left.version - right.version);
        await checkEveryRead(store, "single saves and batches at the same time", inOrder, "a");
      },
    },
    {
      name: "a large batch and single saves inside its versions do not mix",
      async run(context) {
        const [store, ...others] = await openWriters(context, 6);
        if (store === undefined) return;
        let latest = 0;
        for (const [round, size] of [120, 40, 40].entries()) {
          const batch = events("a", range(latest + 1, latest + size)).map((each) => ({
            ...each,
            id: `batch ${each.version}`,
          }));
          const singles = [3, 20, 30, size + 1, size + 30].map((offset) =>
            event("a", latest + offset, { id: `single ${offset}` }),
          );
          const saves: readonly (readonly Event[])[] = singles
            .map((each) => [each])
            .toSpliced(2 * round, 0, [...batch]);
          const { winners } = await race([store, ...others], (each, writer) => {
            const [first, ...rest] = saves[writer] ?? [];
            if (first === undefined || rest.length > 0)
              return (each as BatchEventStore).saveEvents(saves[writer] ?? []);
            return each.saveEvent(first);
          });
          const accepted = winners.flatMap((writer) => saves[writer] ?? []);
          const expected = accepted.toSorted((left, right) => left.version - right.version);
          check("a batch is stored completely and without other events in between, or not at all", {
            given: { batch: size, singleSaves: versionsOf(singles), at: "the same time" },
            expected: expected.map(({ id, version }) => ({ id, version })),
            actual: (await store.getEvents("a", latest + 1)).map(({ id, version }) => ({ id, version })),
          });
          latest = expected.at(-1)?.version ?? 0;
        }
      },
    },
  ],
  ["batch"],
);
