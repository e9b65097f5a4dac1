import type { BatchEventStore, Event } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, untyped, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** Checks that nothing but these events of actor `"a"` is stored. */
async function checkStored(store: BatchEventStore, given: unknown, expected: readonly Event[]): Promise<void> {
  check("of a batch that is refused nothing is stored", { given, expected, actual: await store.getEvents("a") });
  check("a batch that is refused leaves the latest version", {
    given,
    expected: expected.at(-1)?.version ?? 0,
    actual: await store.getLatestVersion("a"),
  });
}

export const batches: readonly StoreCase[] = storeCaseGroup(
  "batches",
  [
    {
      name: "a batch is stored in its order, and its receipts are in that order",
      async run(context) {
        const store = await context.open("batch");
        const all = events("a", [1, 2, 5, 10, 11]);
        const receipts = [
          ...(await store.saveEvents(all.slice(0, 1))),
          ...(await store.saveEvents(all.slice(1, 4))),
          await store.saveEvent(event("a", 11)),
        ];
        const given = { saved: "[1] [2 5 10] 11" };
        check("events of batches are read like others", { given, expected: all, actual: await store.getEvents("a") });
        check("the latest version is the last of the batch", {
          given,
          expected: 11,
          actual: await store.getLatestVersion("a"),
        });
        check("each event has its receipt, in order", {
          given,
          expected: all.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
          actual: receipts.map(({ id, version, timestamp }) => ({ id, version, timestamp })),
        });
      },
    },
    {
      name: "an empty batch saves nothing and resolves to []",
      async run(context) {
        const store = await context.open("batch");
        check("saveEvents([]) resolves to []", { given: [], expected: [], actual: await store.saveEvents([]) });
      },
    },
    {
      name: "ids and timestamps that are missing are filled in, event by event",
      async run(context) {
        const store = await context.open("batch");
        const bare = [1, 2, 3].map((version) => ({ eventType: "Tested", actorId: "a", version, data: {} }));
        const receipts = await store.saveEvents(bare);
        const ids = new Set(receipts.map(({ id }) => id));
        check("each event of a batch gets an id of its own", { given: bare, expected: 3, actual: ids.size });
        check("what was filled in is what is read", {
          given: bare,
          expected: bare.map((one, index) => ({
            ...one,
            id: receipts[index]?.id,
            timestamp: receipts[index]?.timestamp,
          })),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "a batch that is not ascending is refused",
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
          await checkRejects("a batch must ascend", { saved: [1], batch: versions }, store.saveEvents(batch), {
            code: "AETHER_INVALID_EVENT",
            path,
          });
        }
        await checkStored(store, given, [event("a", 1)]);
      },
    },
    {
      name: "a batch of two actors is refused",
      async run(context) {
        const store = await context.open("batch");
        const batch = [event("a", 1), event("b", 2)];
        await checkRejects("a batch is for one actor", batch, store.saveEvents(batch), {
          code: "AETHER_INVALID_EVENT",
          path: "[1].actorId",
        });
        await checkStored(store, batch, []);
        check("nor for the other actor", { given: batch, expected: [], actual: await store.getEvents("b") });
      },
    },
    {
      name: "a batch with one bad event is refused whole",
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
            "a batch with a bad event is an InvalidEventError, with the event's index in the path",
            batch,
            store.saveEvents(batch.map(untyped)),
            { code: "AETHER_INVALID_EVENT", path },
          );
        }
        for (const noBatch of [undefined, null, "events", { length: 0 }, event("a", 1)]) {
          const batch = noBatch as unknown as Event[];
          await checkRejects("what is no array is no batch", noBatch, store.saveEvents(batch), {
            code: "AETHER_INVALID_EVENT",
          });
        }
        await checkStored(store, given, []);
      },
    },
    {
      name: "a batch whose first version is taken is a conflict, and nothing of it is stored",
      async run(context) {
        const store = await context.open("batch");
        const saved = events("a", [1, 4]);
        await store.saveEvents(saved);
        for (const versions of [[4, 5], [1, 5, 6], [2, 3], [4]]) {
          const batch = versions.map((version) => event("a", version, { id: `other ${version}` }));
          await checkRejects(
            "a batch whose first version is not greater than the latest is a VersionConflictError",
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
        await checkStored(store, { saved: [1, 4], refused: [[4, 5], [1, 5, 6], [2, 3], [4]] }, saved);
      },
    },
    {
      name: "sameEvent of a batch tells whether all of it stands already",
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
            "sameEvent is true if every event of the batch stands at its version, and only then",
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
      name: "a read beside a batch sees all of it or nothing",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvent(event("a", 1));
        const saving = { done: false };
        const outcome = outcomeOf(store.saveEvents(events("a", [2, 3, 4, 5]))).then((settled) => {
          saving.done = true;
          return settled;
        });
        // A bounded number of reads: a store that reads without waiting would keep one that writes from going on.
        for (let reads = 0; reads < 50 && !saving.done; reads++) {
          const seen = versionsOf(await store.getEvents("a"));
          check("a read beside a batch sees all of it or nothing", {
            given: { saved: [1], saving: [2, 3, 4, 5] },
            expected: seen.length > 1 ? [1, 2, 3, 4, 5] : [1],
            actual: seen,
          });
        }
        check("the batch is saved", {
          given: { saved: [1], saving: [2, 3, 4, 5] },
          expected: "fulfilled",
          actual: (await outcome).status,
        });
      },
    },
    {
      name: "a large batch is stored whole, or refused as too large",
      async run(context) {
        const store = await context.open("batch");
        const text = "0123456789abcdef".repeat(32 * 1_024);
        const large = [1, 2, 3, 4].map((version) => event("a", version, { data: { text } }));
        const outcome = await outcomeOf(store.saveEvents(large));
        const given = "a batch of four events of 512 KiB each";
        if (outcome.status === "rejected") {
          const refused = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" } as const;
          await checkRejects("what is refused is refused as too large", given, Promise.reject(outcome.reason), refused);
        }
        check("a batch is never split", {
          given,
          expected: outcome.status === "fulfilled" ? [1, 2, 3, 4] : [],
          actual: versionsOf(await store.getEvents("a")),
        });
      },
    },
    {
      name: "a batch may end at the largest version",
      async run(context) {
        const store = await context.open("batch");
        await store.saveEvents(events("a", [1, MAX - 1, MAX]));
        check("a batch may end at the largest version", {
          given: [1, MAX - 1, MAX],
          expected: [1, MAX - 1, MAX],
          actual: versionsOf(await store.getEvents("a")),
        });
      },
    },
  ],
  ["batch"],
);
