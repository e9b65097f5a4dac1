import { type Event, isVersionConflictError, type SaveReceipt } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { event, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { openWriters, race, WRITERS } from "./racing.ts";

const rival = (version: number, writer: number): Event => event("a", version, { id: `writer ${writer}, ${version}` });

export const races: readonly StoreCase[] = storeCaseGroup("races", [
  {
    name: "of 16 writers that save the same version at the same time, exactly one wins",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const expected: Event[] = [];
      for (const version of [1, 2, 3]) {
        const { winners, losers } = await race(writers, (store, writer) => store.saveEvent(rival(version, writer)));
        const given = { version, writers: WRITERS, stores: new Set(writers).size };
        check("exactly one writer wins a version", { given, expected: 1, actual: winners.length });
        for (const actual of losers) {
          const truth = { currentVersion: version, sameEvent: false };
          check("a writer that got a conflict gets the true current version", { given, expected: truth, actual });
        }
        expected.push(rival(version, winners[0] ?? 0));
      }
      for (const store of new Set(writers)) {
        check("getEvents returns the events of the winners", {
          given: { versions: 3, writers: WRITERS },
          expected,
          actual: await store.getEvents("a"),
        });
      }
    },
  },
  {
    name: "of concurrent saves of the same event, one stores it, and the others get sameEvent: true",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const { winners, losers } = await race(writers, (store) => store.saveEvent(event("a", 1)));
      const given = { event: event("a", 1), writers: WRITERS };
      check("exactly one of the saves of the same event succeeds", { given, expected: 1, actual: winners.length });
      check("the other saves reject with sameEvent: true", {
        given,
        expected: losers.map(() => ({ currentVersion: 1, sameEvent: true })),
        actual: losers,
      });
    },
  },
  {
    name: "a writer that got a conflict can save at currentVersion + 1",
    async run(context) {
      const writers = await openWriters(context, 8);
      await Promise.all(
        writers.map(async (store, writer) => {
          let next = 1;
          // Each failed attempt lost to a different writer, so as many attempts as writers are enough.
          for (let attempts = 0; attempts < writers.length; attempts++) {
            const outcome = await outcomeOf(store.saveEvent(event("a", next, { id: `writer ${writer}` })));
            if (outcome.status === "fulfilled") return;
            if (!isVersionConflictError(outcome.reason)) throw outcome.reason;
            next = outcome.reason.currentVersion + 1;
          }
        }),
      );
      const stored = (await writers[0]?.getEvents("a")) ?? [];
      const given = "8 writers, each saving at currentVersion + 1 until it succeeds";
      check("every version is stored exactly once", { given, expected: range(1, 8), actual: versionsOf(stored) });
      check("the event of every writer is stored exactly once", {
        given,
        expected: range(0, 7).map((writer) => `writer ${writer}`),
        actual: stored.map(({ id }) => id).sort(),
      });
    },
  },
  {
    name: "writers to different actors get no conflicts",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const { winners } = await race(writers, (store, writer) => store.saveEvent(event(`actor ${writer}`, 1)));
      check("every writer saves the first event of its own actor", {
        given: { actors: WRITERS },
        expected: range(0, WRITERS - 1),
        actual: winners,
      });
    },
  },
  {
    name: "concurrent saves to one actor succeed or get conflicts as if they ran one after the other",
    async run(context) {
      const store = await context.open();
      const attempts = range(1, 8);
      const outcomes = await Promise.all(attempts.map((version) => outcomeOf(store.saveEvent(event("a", version)))));
      const accepted = attempts.filter((_, index) => outcomes[index]?.status === "fulfilled");
      for (const outcome of outcomes) {
        if (outcome.status === "rejected" && !isVersionConflictError(outcome.reason)) throw outcome.reason;
      }
      check("getEvents returns exactly the events that were acknowledged", {
        given: { savedAtOnce: attempts },
        expected: accepted,
        actual: versionsOf(await store.getEvents("a")),
      });
      check("the save with the highest version gets no conflict", {
        given: { savedAtOnce: attempts },
        expected: 8,
        actual: accepted.at(-1),
      });
    },
  },
  {
    name: "no version is stored after a higher one",
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
      check("events of one actor that were stored later have higher versions", {
        given,
        expected: inVersions,
        actual: versionsOf(inTime),
      });
      check("getEvents returns exactly the events that were acknowledged", {
        given,
        expected: inVersions,
        actual: versionsOf((await writers[0]?.getEvents("a")) ?? []),
      });
    },
  },
  {
    name: "a read during a save may miss the event, and a read after the save never does",
    async run(context) {
      const [writer, reader] = await openWriters(context, 2);
      if (writer === undefined || reader === undefined) return;
      for (const version of range(1, 5)) {
        const saving = writer.saveEvent(event("a", version));
        const [beside, latest] = await Promise.all([reader.getEvents("a"), reader.getLatestVersion("a"), saving]);
        const given = { saved: range(1, version - 1), saving: version };
        check("a read during a save returns all earlier events, and possibly the new one", {
          given,
          expected: range(1, beside.length < version ? version - 1 : version),
          actual: versionsOf(beside),
        });
        check("getLatestVersion during a save returns the version before or after it", {
          given,
          expected: latest < version ? version - 1 : version,
          actual: latest,
        });
        check("a read after a save returns the event", {
          given,
          expected: range(1, version),
          actual: versionsOf(await reader.getEvents("a")),
        });
      }
    },
  },
  {
    name: "concurrent batches succeed or get a conflict as a whole",
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
      check("getEvents returns the complete batch of the winner", {
        given,
        expected: won,
        actual: await store.getEvents("a"),
      });
      for (const actual of losers) {
        const truth = { currentVersion: won.length, sameEvent: false };
        check("a writer that got a conflict gets the true current version", { given, expected: truth, actual });
      }
    },
  },
]);
