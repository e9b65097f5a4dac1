import { type Event, type EventStore, isVersionConflictError, type SaveReceipt } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { event, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";

const WRITERS = 16;

/** As many writers, on several open stores if stores are shared, otherwise on one. */
async function openWriters(context: StoreCaseContext, count: number): Promise<readonly EventStore[]> {
  const first = await context.open();
  const stores = [
    first,
    ...(context.supports.shared ? [await context.open(), await context.open(), await context.open()] : []),
  ];
  return range(0, count - 1).map((writer) => stores[writer % stores.length] ?? first);
}

type Attempt = (store: EventStore, writer: number) => Promise<unknown>;

/** Lets all writers try at once. Gives who won, and the conflicts of the others; any other error is thrown. */
async function race(writers: readonly EventStore[], attempt: Attempt) {
  const outcomes = await Promise.all(writers.map((store, writer) => outcomeOf(attempt(store, writer))));
  const winners: number[] = [];
  const losers: { readonly currentVersion: number; readonly sameEvent: boolean }[] = [];
  for (const [writer, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") winners.push(writer);
    else if (isVersionConflictError(outcome.reason)) {
      const { currentVersion, sameEvent } = outcome.reason;
      losers.push({ currentVersion, sameEvent });
    } else throw outcome.reason;
  }
  return { winners, losers };
}

const rival = (version: number, writer: number): Event => event("a", version, { id: `writer ${writer}, ${version}` });

export const races: readonly StoreCase[] = storeCaseGroup("races", [
  {
    name: "of 16 concurrent writers of one version exactly one wins",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const expected: Event[] = [];
      for (const version of [1, 2, 3]) {
        const { winners, losers } = await race(writers, (store, writer) => store.saveEvent(rival(version, writer)));
        const given = { version, writers: WRITERS, stores: new Set(writers).size };
        check("exactly one writer wins a version", { given, expected: 1, actual: winners.length });
        for (const actual of losers) {
          const truth = { currentVersion: version, sameEvent: false };
          check("who lost a race is told the true current version", { given, expected: truth, actual });
        }
        expected.push(rival(version, winners[0] ?? 0));
      }
      for (const store of new Set(writers)) {
        check("what is stored is what the winners saved", {
          given: { versions: 3, writers: WRITERS },
          expected,
          actual: await store.getEvents("a"),
        });
      }
    },
  },
  {
    name: "a save that is repeated at once is stored once, and the others hear that it was",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const { winners, losers } = await race(writers, (store) => store.saveEvent(event("a", 1)));
      const given = { event: event("a", 1), writers: WRITERS };
      check("one of equal saves is stored", { given, expected: 1, actual: winners.length });
      check("the others are conflicts with sameEvent", {
        given,
        expected: losers.map(() => ({ currentVersion: 1, sameEvent: true })),
        actual: losers,
      });
    },
  },
  {
    name: "who lost a race gets in behind the current version",
    async run(context) {
      const writers = await openWriters(context, 8);
      await Promise.all(
        writers.map(async (store, writer) => {
          let next = 1;
          // Every attempt that loses lost to another writer: as many attempts as writers are enough.
          for (let attempts = 0; attempts < writers.length; attempts++) {
            const outcome = await outcomeOf(store.saveEvent(event("a", next, { id: `writer ${writer}` })));
            if (outcome.status === "fulfilled") return;
            if (!isVersionConflictError(outcome.reason)) throw outcome.reason;
            next = outcome.reason.currentVersion + 1;
          }
        }),
      );
      const stored = (await writers[0]?.getEvents("a")) ?? [];
      const given = "8 writers, each saving at currentVersion + 1 until it is stored";
      check("every version is taken once", { given, expected: range(1, 8), actual: versionsOf(stored) });
      check("every writer's event is stored once", {
        given,
        expected: range(0, 7).map((writer) => `writer ${writer}`),
        actual: stored.map(({ id }) => id).sort(),
      });
    },
  },
  {
    name: "writers of different actors do not stand in each other's way",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const { winners } = await race(writers, (store, writer) => store.saveEvent(event(`actor ${writer}`, 1)));
      check("each writer wins its own actor", {
        given: { actors: WRITERS },
        expected: range(0, WRITERS - 1),
        actual: winners,
      });
    },
  },
  {
    name: "saves that do not wait for each other are stored or refused, each by itself",
    async run(context) {
      const store = await context.open();
      const attempts = range(1, 8);
      const outcomes = await Promise.all(attempts.map((version) => outcomeOf(store.saveEvent(event("a", version)))));
      const accepted = attempts.filter((_, index) => outcomes[index]?.status === "fulfilled");
      for (const outcome of outcomes) {
        if (outcome.status === "rejected" && !isVersionConflictError(outcome.reason)) throw outcome.reason;
      }
      check("what is stored is what was accepted", {
        given: { savedAtOnce: attempts },
        expected: accepted,
        actual: versionsOf(await store.getEvents("a")),
      });
      check("the greatest version is never refused", {
        given: { savedAtOnce: attempts },
        expected: 8,
        actual: accepted.at(-1),
      });
    },
  },
  {
    name: "no version gets in behind a greater one",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const attempted = writers.map((_, writer) => WRITERS - writer);
      const calls = writers.map((store, writer) => outcomeOf(store.saveEvent(event("a", WRITERS - writer))));
      const accepted: SaveReceipt[] = [];
      for (const outcome of await Promise.all(calls)) {
        if (outcome.status === "fulfilled") accepted.push(outcome.value as SaveReceipt);
        else if (!isVersionConflictError(outcome.reason)) throw outcome.reason;
      }
      const inVersions = versionsOf(accepted).toSorted((left, right) => left - right);
      const inTime = accepted.toSorted((left, right) => (left.position < right.position ? -1 : 1));
      const given = { savedAtOnce: attempted, stores: new Set(writers).size };
      check("an actor's event that was stored later has the greater version", {
        given,
        expected: inVersions,
        actual: versionsOf(inTime),
      });
      check("what is stored is what was accepted", {
        given,
        expected: inVersions,
        actual: versionsOf((await writers[0]?.getEvents("a")) ?? []),
      });
    },
  },
  {
    name: "a read beside a save sees the event or does not, and after it always",
    async run(context) {
      const [writer, reader] = await openWriters(context, 2);
      if (writer === undefined || reader === undefined) return;
      for (const version of range(1, 5)) {
        const saving = writer.saveEvent(event("a", version));
        const [beside, latest] = await Promise.all([reader.getEvents("a"), reader.getLatestVersion("a"), saving]);
        const given = { saved: range(1, version - 1), saving: version };
        check("a read beside a save sees all events before it, and perhaps its own", {
          given,
          expected: range(1, beside.length < version ? version - 1 : version),
          actual: versionsOf(beside),
        });
        check("a latest version beside a save is that before or after it", {
          given,
          expected: latest < version ? version - 1 : version,
          actual: latest,
        });
        check("a read after a save sees it", {
          given,
          expected: range(1, version),
          actual: versionsOf(await reader.getEvents("a")),
        });
      }
    },
  },
  {
    name: "batches race as one",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const others = await openWriters(context, context.supports.shared ? WRITERS - 1 : 0);
      const writers = context.supports.shared ? [store, ...others] : Array.from({ length: WRITERS }, () => store);
      const batchOf = (writer: number): readonly Event[] =>
        range(1, 3 - (writer % 3)).map((version) => rival(version, writer));
      const { winners, losers } = await race(writers, (each, writer) =>
        (each as typeof store).saveEvents(batchOf(writer)),
      );
      const given = { writers: WRITERS, batches: "versions 1-3, 1-2 and 1" };
      check("exactly one batch wins", { given, expected: 1, actual: winners.length });
      const won = batchOf(winners[0] ?? 0);
      check("what is stored is the batch that won, whole", {
        given,
        expected: won,
        actual: await store.getEvents("a"),
      });
      for (const actual of losers) {
        const truth = { currentVersion: won.length, sameEvent: false };
        check("who lost a race is told the true current version", { given, expected: truth, actual });
      }
    },
  },
]);
