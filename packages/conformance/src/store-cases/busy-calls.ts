import { type Event, type EventStore, isAetherError, type StoreCapability } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkBusyOutcome, whileHeld } from "./busy-outcome.ts";
import { checkEveryRead } from "./every-read.ts";
import { asAnyStore } from "./store-calls.ts";

/** A read of actor `"a"`, which has the events 1 and 2 and a snapshot of version 2. */
interface BusyRead {
  readonly call: string;
  readonly run: (store: EventStore) => Promise<unknown>;
  readonly expected: unknown;
}

const everyRead: readonly (BusyRead & { readonly needs: StoreCapability })[] = [
  {
    needs: "replayErrors",
    call: "getEventsWithErrors",
    run: async (store) => {
      const { events: found, errors } = await asAnyStore(store).getEventsWithErrors("a");
      return { events: found, errors };
    },
    expected: { events: events("a", [1, 2]), errors: [] },
  },
  {
    needs: "streaming",
    call: "readEvents",
    run: async (store) => versionsOf(await collect(asAnyStore(store).readEvents("a"))),
    expected: [1, 2],
  },
  {
    needs: "snapshots",
    call: "getLatestSnapshot",
    run: async (store) => (await asAnyStore(store).getLatestSnapshot("a"))?.version,
    expected: 2,
  },
];

export const busyCalls: readonly StoreCase[] = storeCaseGroup("busy storage", [
  {
    name: "every kind of read waits for held storage, succeeds, or reports that it is unavailable",
    needsHook: "hold",
    async run(context) {
      const store = await context.open();
      for (const each of events("a", [1, 2])) await store.saveEvent(each);
      if (context.supports.snapshots === true) {
        await asAnyStore(store).saveSnapshot({ actorId: "a", version: 2, state: {} });
      }
      const reads = everyRead.filter(({ needs }) => context.supports[needs] === true);
      const release = await context.hold();
      const outcomes = reads.map(({ run }) => outcomeOf(run(store)));
      await whileHeld(outcomes);
      await release();
      for (const [index, { call, expected }] of reads.entries()) {
        const given = { call, stored: [1, 2], storage: "held, then released" };
        const outcome = (await outcomes[index]) as PromiseSettledResult<unknown>;
        if (checkBusyOutcome(given, outcome, false) !== undefined) continue;
        check("a read beside held storage is complete", {
          given,
          expected,
          actual: (outcome as PromiseFulfilledResult<unknown>).value,
        });
      }
    },
  },
  {
    name: "a batch waits for held storage, or reports that it is unavailable, as a whole",
    needs: ["batch"],
    needsHook: "hold",
    async run(context) {
      const store = await context.open("batch");
      await store.saveEvent(event("a", 1));
      const batch = events("a", [2, 3, 5]);
      const given = { stored: [1], batch: versionsOf(batch), storage: "held, then released" };
      const release = await context.hold();
      const save = outcomeOf(store.saveEvents(batch));
      await whileHeld([save]);
      await release();
      const code = checkBusyOutcome(given, await save, true);
      const again = await outcomeOf(store.saveEvents(batch));
      if (again.status === "rejected" && code !== "AETHER_STORE_UNAVAILABLE") {
        const expected = { code: "AETHER_VERSION_CONFLICT", currentVersion: 5, sameEvent: true } as const;
        const guarantee = "a batch that succeeded while the storage was held has stored all its events";
        await checkRejects(guarantee, given, Promise.reject(again.reason), expected);
      } else {
        check("a batch that was not stored while the storage was held succeeds when it is repeated", {
          given: { ...given, firstOutcome: code ?? "succeeded" },
          expected: code === undefined ? "sameEvent: true" : "stored",
          actual: again.status === "fulfilled" ? "stored" : again.reason,
        });
      }
      await checkEveryRead(store, given, events("a", [1, 2, 3, 5]));
    },
  },
  {
    name: "a save without an id keeps the id of its receipt, even if it waits for held storage",
    needsHook: "hold",
    async run(context) {
      const store = await context.open();
      const { id: _, timestamp: __, ...bare } = event("a", 1);
      const release = await context.hold();
      const save = outcomeOf(store.saveEvent(bare));
      await whileHeld([save]);
      await release();
      const outcome = await save;
      const given = { saving: bare, storage: "held, then released" };
      if (checkBusyOutcome(given, outcome, true) !== undefined) return;
      const { id, timestamp } = (outcome as PromiseFulfilledResult<Event>).value;
      check("getEvents returns the id and the timestamp of the receipt", {
        given,
        expected: [{ ...bare, id, timestamp }],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a snapshot waits for held storage, or reports that it is unavailable",
    needs: ["snapshots"],
    needsHook: "hold",
    async run(context) {
      const store = await context.open("snapshots");
      await store.saveEvent(event("a", 1));
      const given = { snapshot: 1, storage: "held, then released" };
      const release = await context.hold();
      const save = outcomeOf(store.saveSnapshot({ actorId: "a", version: 1, state: { total: 1 } }));
      await whileHeld([save]);
      await release();
      const code = checkBusyOutcome(given, await save, false);
      if (code !== undefined) await store.saveSnapshot({ actorId: "a", version: 1, state: { total: 1 } });
      check("a snapshot is stored, at once or when it is saved again", {
        given,
        expected: { total: 1 },
        actual: (await store.getLatestSnapshot("a"))?.state,
      });
    },
  },
  {
    name: "close resolves when held storage is released, and the saves that wait have ended",
    needsHook: "hold",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const given = "a save and a read while the storage is held, close(), then released";
      const release = await context.hold();
      let ended = 0;
      const calls = [store.saveEvent(event("a", 2)), store.getEvents("a")].map((call) =>
        outcomeOf(call).finally(() => {
          ended++;
        }),
      );
      const closing = store.close();
      await whileHeld(calls);
      await release();
      const outcomes = await Promise.all(calls);
      await closing;
      check("the calls that waited for held storage have ended when close resolves", {
        given,
        expected: calls.length,
        actual: ended,
      });
      for (const [index, outcome] of outcomes.entries()) {
        const isClosed = outcome.status === "rejected" && isAetherError(outcome.reason, "AETHER_STORE_CLOSED");
        if (isClosed) {
          const guarantee = "a call that was made before close finishes";
          const expected = "a result, or an error for unavailable storage";
          throw new ConformanceError({ guarantee, given, expected, actual: outcome.reason, cause: outcome.reason });
        }
        checkBusyOutcome(given, outcome, index === 0);
      }
    },
  },
]);
