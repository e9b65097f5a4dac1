import { type CallOptions, type EventStore, type ReplayReportingEventStore, supports } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { openWriters } from "./racing.ts";
import { readersOf } from "./readers.ts";
import { saveAll } from "./save-all.ts";

const saved = range(1, 12);

async function read(store: EventStore, fromVersion: number, options?: CallOptions): Promise<readonly number[]> {
  return versionsOf(await store.getEvents("a", fromVersion, options));
}

/** Cases about reads of one actor at the same time, which a store may not answer with each other's results. */
export const readsAtOnce: readonly StoreCase[] = storeCaseGroup("races", [
  {
    name: "a read after a save returns its event, even if an earlier read is still in flight",
    async run(context) {
      const [writer, reader] = await openWriters(context, 2);
      if (writer === undefined || reader === undefined) return;
      for (const version of range(1, 4)) {
        const [before, after] = [range(1, version - 1), range(1, version)];
        const readers = readersOf(reader);
        const earlier = readers.map((each) => each.read(reader));
        await writer.saveEvent(event("a", version));
        const later = readers.map((each) => each.read(reader));
        for (const [index, { call, select }] of readers.entries()) {
          const given = { saved: after, call, inFlight: "the same read, which began before the save" };
          check("a read that begins after a save returns the event", {
            given,
            expected: select(after),
            actual: await later[index],
          });
          const found = await earlier[index];
          const [none, whole] = [call === "getLatestVersion" ? [version - 1] : select(before), select(after)];
          const isWhole = found?.length === whole.length && found[0] === whole[0];
          check("a read beside a save returns all earlier events, and possibly the new one", {
            given,
            expected: isWhole ? whole : none,
            actual: found,
          });
        }
      }
    },
  },
  {
    name: "reads of different ranges at the same time return their own ranges",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("a", saved));
      await saveAll(store, events("b", [7]));
      const starts = [5, 0, 12, 13, 0, 1];
      const found = await Promise.all(starts.map((fromVersion) => read(store, fromVersion)));
      const [other, latest] = await Promise.all([store.getEvents("b"), store.getLatestVersion("a")]);
      check("getEvents returns the events from its own fromVersion, beside other reads of the actor", {
        given: { saved, fromVersions: starts },
        expected: starts.map((fromVersion) => saved.filter((version) => version >= fromVersion)),
        actual: found,
      });
      check("reads of different actors at the same time return their own events", {
        given: { saved: { a: saved, b: [7] } },
        expected: { b: [7], latestOfA: 12 },
        actual: { b: versionsOf(other), latestOfA: latest },
      });
    },
  },
  {
    name: "an aborted read does not affect the same read of another caller",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("a", saved));
      const [first, last] = [new AbortController(), new AbortController()];
      const aborted = [first, last].map(({ signal }) => signal);
      const calls = [
        read(store, 0, { signal: first.signal }),
        read(store, 0),
        store.getLatestVersion("a", { signal: first.signal }),
        store.getLatestVersion("a"),
        read(store, 0, { signal: new AbortController().signal }),
        read(store, 0, { signal: last.signal }),
      ];
      for (const call of calls) call.catch(() => {});
      first.abort(new Error("enough"));
      await undefined;
      last.abort(new Error("enough"));
      const others = await Promise.all([calls[1], calls[3], calls[4]]);
      check("an aborted read does not affect the same read of another caller", {
        given: { reads: calls.length, aborted: aborted.length + 1 },
        expected: [saved, 12, saved],
        actual: others,
      });
    },
  },
  {
    name: "the result of a read does not change when events are saved later",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("a", [1, 2]));
      const readers = readersOf(store).filter(({ call }) => call.startsWith("getEvents"));
      const results = [await store.getEvents("a"), await store.getEvents("a", 2)];
      if (supports(store, "replayErrors")) {
        results.push((await (store as ReplayReportingEventStore).getEventsWithErrors("a")).events);
      }
      const before = results.map(versionsOf);
      await saveAll(store, events("a", [3, 4]));
      await store.getEvents("a");
      for (const each of readers) await each.read(store);
      check("the result of a read does not change when events are saved later", {
        given: { read: [1, 2], savedLater: [3, 4] },
        expected: before,
        actual: results.map(versionsOf),
      });
    },
  },
]);
