import type { BatchEventStore, Event } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, untyped, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkIsNow } from "./check-times.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** Checks that the stored events of actor `"a"` are exactly these, without any part of a rejected batch. */
async function checkStored(store: BatchEventStore, given: unknown, expected: readonly Event[]): Promise<void> {
  check("a rejected batch stores nothing", { given, expected, actual: await store.getEvents("a") });
  check("a rejected batch does not change the latest version", {
    given,
    expected: expected.at(-1)?.version ?? 0,
    actual: await store.getLatestVersion("a"),
  });
}

export const batches: readonly StoreCase[] = storeCaseGroup(
  "batches",
  [
    {
      name: "a batch is stored in its order, and its receipts have the same order",
      async run(context) {
        const store = await context.open("batch");
        const all = events("a", [1, 2, 5, 10, 11]);
        const receipts = [
          ...(await store.saveEvents(all.slice(0, 1))),
          ...(await store.saveEvents(all.slice(1, 4))),
          await store.saveEvent(event("a", 11)),
        ];
        const given = { saved: "[1] [2 5 10] 11" };
        check("getEvents returns the events of batches like other events", {
          given,
          expected: all,
          actual: await store.getEvents("a"),
        });
        check("getLatestVersion returns the version of the last event", {
          given,
          expected: 11,
          actual: await store.getLatestVersion("a"),
        });
        check("every event has its receipt, in the order of the events", {
          given,
          expected: all.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
          actual: receipts.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
        });
      },
    },
    {
      name: "an empty batch stores nothing and resolves to []",
      async run(context) {
        const store = await context.open("batch");
        check("saveEvents([]) resolves to []", { given: [], expected: [], actual: await store.saveEvents([]) });
      },
    },
    {
      name: "missing ids and timestamps are filled in for each event of a batch",
      async run(context) {
        const store = await context.open("batch");
        const bare = [1, 2, 3].map((version) => ({ eventType: "Tested", actorId: "a", version, data: {} }));
        const receipts = await store.saveEvents(bare);
        const ids = new Set(receipts.map(({ id }) => id));
        check("each event of a batch gets its own id", { given: bare, expected: 3, actual: ids.size });
        check("getEvents returns the ids and timestamps of the receipts", {
          given: bare,
          expected: bare.map((event, index) => ({
            ...event,
            id: receipts[index]?.id,
            timestamp: receipts[index]?.timestamp,
          })),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "ids and timestamps of a batch are kept where they are given, and filled in where they are missing",
      async run(context) {
        const store = await context.open("batch");
        const batch = events("a", [1, 2, 3, 4, 5]).map(({ id, timestamp, ...rest }, index) => ({
          ...rest,
          ...(index % 2 === 0 ? { id } : {}),
          ...(index % 3 === 0 ? { timestamp } : {}),
        }));
        const receipts = await store.saveEvents(batch);
        check("an event of a batch keeps its id and its timestamp", {
          given: batch,
          expected: batch.map(({ id, timestamp }, index) => ({
            id: id ?? receipts[index]?.id,
            timestamp: timestamp ?? receipts[index]?.timestamp,
          })),
          actual: receipts.map(({ id, timestamp }) => ({ id, timestamp })),
        });
        check("each event of a batch has its own id", {
          given: batch,
          expected: batch.length,
          actual: new Set(receipts.map(({ id }) => id)).size,
        });
        for (const [index, { timestamp }] of receipts.entries()) {
          if (batch[index]?.timestamp === undefined) checkIsNow("a missing timestamp is filled in", batch, timestamp);
        }
        check("getEvents returns the ids and timestamps of the receipts", {
          given: batch,
          expected: batch.map((each, index) => ({
            ...each,
            id: receipts[index]?.id,
            timestamp: receipts[index]?.timestamp,
          })),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "a batch whose versions do not ascend is rejected",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvent(event("a", 1));
        const given = [
          { versions: [3, 2], path: "[1].version" },
          { versions: [2, 2], path: "[1].version" },
          { versions: [2, 3, 3], path: "[2].version" },
          { versions: [2, 4, 3, 5], path: "[2].version" },
          { versions: [MAX, MAX], path: "[1].version" },
        ];
        for (const { versions, path } of given) {
          const batch = versions.map((version, index) => event("a", version, { id: `${version} at ${index}` }));
          await checkRejects(
            "saveEvents rejects versions that do not ascend with InvalidEventError",
            { saved: [1], batch: versions },
            store.saveEvents(batch),
            {
              code: "AETHER_INVALID_EVENT",
              path,
            },
          );
        }
        await checkStored(store, given, [event("a", 1)]);
      },
    },
    {
      name: "a batch with events of two actors is rejected",
      async run(context) {
        const store = await context.open("batch");
        const batch = [event("a", 1), event("b", 2)];
        await checkRejects(
          "saveEvents rejects events of two actors with InvalidEventError",
          batch,
          store.saveEvents(batch),
          {
            code: "AETHER_INVALID_EVENT",
            path: "[1].actorId",
          },
        );
        await checkStored(store, batch, []);
        check("a rejected batch stores nothing for the other actor", {
          given: batch,
          expected: [],
          actual: await store.getEvents("b"),
        });
      },
    },
    {
      name: "a batch with one invalid event is rejected as a whole",
      async run(context) {
        const store = await context.open("batch");
        const given = [
          { batch: [event("a", 1), event("a", 2, { data: { price: Number.NaN } })], path: "[1].data.price" },
          { batch: [event("a", 1), event("a", 2), event("a", 3, { eventType: "" })], path: "[2].eventType" },
          { batch: [event("a", 0), event("a", 1)], path: "[0].version" },
          { batch: [event("a", 1), undefined], path: "[1]" },
          { batch: [event("a", 1), null], path: "[1]" },
        ];
        for (const { batch, path } of given) {
          await checkRejects(
            "saveEvents rejects an invalid event with InvalidEventError, with the event's index in the path",
            batch,
            store.saveEvents(batch.map(untyped)),
            { code: "AETHER_INVALID_EVENT", path },
          );
        }
        for (const notABatch of [undefined, null, "events", { length: 0 }, event("a", 1)]) {
          const batch = notABatch as unknown as Event[];
          await checkRejects(
            "saveEvents rejects anything but an array with InvalidEventError",
            notABatch,
            store.saveEvents(batch),
            {
              code: "AETHER_INVALID_EVENT",
            },
          );
        }
        await checkStored(store, given, []);
      },
    },
    {
      name: "a batch whose first version is taken gets a conflict and stores nothing",
      async run(context) {
        const store = await context.open("batch");
        const saved = events("a", [1, 4]);
        await store.saveEvents(saved);
        for (const versions of [[4, 5], [1, 5, 6], [2, 3], [4]]) {
          const batch = versions.map((version) => event("a", version, { id: `other ${version}` }));
          await checkRejects(
            "saveEvents rejects a first version up to the latest with VersionConflictError",
            { saved: [1, 4], batch: versions },
            store.saveEvents(batch),
            {
              code: "AETHER_VERSION_CONFLICT",
              actorId: "a",
              attemptedVersion: versions[0] ?? 0,
              currentVersion: 4,
              sameEvent: false,
            },
          );
        }
        await checkStored(store, { saved: [1, 4], rejected: [[4, 5], [1, 5, 6], [2, 3], [4]] }, saved);
      },
    },
    {
      name: "sameEvent is true if the whole batch is already stored",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvents(events("a", [1, 2, 3]));
        await store.saveEvent(event("a", 4));
        const other = (version: number): Event => event("a", version, { id: "other" });
        const attempts: readonly { readonly batch: readonly Event[]; readonly sameEvent: boolean }[] = [
          { batch: events("a", [1, 2, 3]), sameEvent: true },
          { batch: events("a", [2, 3]), sameEvent: true },
          { batch: events("a", [1, 2, 3, 4]), sameEvent: true },
          { batch: events("a", [3, 4, 5]), sameEvent: false },
          { batch: [event("a", 1), other(2), event("a", 3)], sameEvent: false },
          { batch: [event("a", 1), other(2)], sameEvent: false },
          { batch: [other(1), event("a", 2)], sameEvent: false },
          { batch: [event("a", 1, { id: "a#2" }), event("a", 2, { id: "a#1" })], sameEvent: false },
        ];
        for (const { batch, sameEvent } of attempts) {
          await checkRejects(
            "sameEvent is true if, and only if, every event of the batch is stored at its version",
            { saved: "a#1 a#2 a#3 a#4", batch: batch.map(({ id, version }) => ({ id, version })) },
            store.saveEvents(batch),
            {
              code: "AETHER_VERSION_CONFLICT",
              attemptedVersion: batch[0]?.version ?? 0,
              currentVersion: 4,
              sameEvent,
            },
          );
        }
        await checkStored(store, attempts, events("a", [1, 2, 3, 4]));
      },
    },
    {
      name: "a concurrent read sees all of a batch or nothing",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvent(event("a", 1));
        const saving = { done: false };
        const outcome = outcomeOf(store.saveEvents(events("a", [2, 3, 4, 5]))).then((settled) => {
          saving.done = true;
          return settled;
        });
        // Limits the number of reads, because a store that reads synchronously would starve its own save.
        for (let reads = 0; reads < 50 && !saving.done; reads++) {
          const seen = versionsOf(await store.getEvents("a"));
          check("a concurrent read sees all of a batch or nothing", {
            given: { saved: [1], saving: [2, 3, 4, 5] },
            expected: seen.length > 1 ? [1, 2, 3, 4, 5] : [1],
            actual: seen,
          });
        }
        check("saveEvents succeeds during concurrent reads", {
          given: { saved: [1], saving: [2, 3, 4, 5] },
          expected: "fulfilled",
          actual: (await outcome).status,
        });
      },
    },
    {
      name: "a large batch is stored completely, or rejected as too large",
      async run(context) {
        const store = await context.open("batch");
        const text = "0123456789abcdef".repeat(32 * 1_024);
        const large = [1, 2, 3, 4].map((version) => event("a", version, { data: { text } }));
        const outcome = await outcomeOf(store.saveEvents(large));
        const given = "a batch of four events of 512 KiB each";
        if (outcome.status === "rejected") {
          const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" } as const;
          await checkRejects(
            "a save that is too large is rejected with EventTooLargeError",
            given,
            Promise.reject(outcome.reason),
            tooLarge,
          );
        }
        check("a batch that is too large is not stored in part", {
          given,
          expected: outcome.status === "fulfilled" ? [1, 2, 3, 4] : [],
          actual: versionsOf(await store.getEvents("a")),
        });
      },
    },
    {
      name: "a batch may end at Number.MAX_SAFE_INTEGER",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvents(events("a", [1, MAX - 1, MAX]));
        check("a batch may end at Number.MAX_SAFE_INTEGER", {
          given: [1, MAX - 1, MAX],
          expected: [1, MAX - 1, MAX],
          actual: versionsOf(await store.getEvents("a")),
        });
      },
    },
  ],
  ["batch"],
);
