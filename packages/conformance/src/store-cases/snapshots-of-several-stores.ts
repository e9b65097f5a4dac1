import type { CallOptions, SnapshotStore } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { allActorIds, hostileActorIds } from "../samples/hostile-actor-ids.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { moments } from "./moments.ts";
import { saveAll } from "./save-all.ts";

/** Some hostile actor ids, with several that are often taken for equal. */
const someActorIds = [
  ...new Set([...(hostileActorIds.case ?? []).slice(4, 14), ...allActorIds.filter((_, index) => index % 15 === 0)]),
];

/** Reads the version of the latest snapshot. */
async function latest(store: SnapshotStore, actorId = "a"): Promise<number | undefined> {
  return (await store.getLatestSnapshot(actorId))?.version;
}

/** Saves a snapshot whose state is its version. */
function save(store: SnapshotStore, version: number, options?: CallOptions): Promise<void> {
  return store.saveSnapshot({ actorId: "a", version, state: { version } }, options);
}

export const snapshotsOfSeveralStores: readonly StoreCase[] = storeCaseGroup(
  "snapshots",
  [
    {
      name: "of snapshots that are saved at the same time, the one with the highest version wins",
      async run(context) {
        const first = await context.open("snapshots");
        const second = context.supports.shared ? await context.open("snapshots") : first;
        await saveAll(first, events("a", range(1, 24)));
        for (const round of [0, 1, 2]) {
          const versions = [7, 3, 8, 2, 5].map((version) => 8 * round + version);
          await Promise.all(versions.map((version, index) => save(index % 2 === 0 ? first : second, version)));
          for (const store of [first, second]) {
            check("a snapshot does not replace one with a higher version", {
              given: { savedAtOnce: versions },
              expected: 8 * round + 8,
              actual: await latest(store),
            });
          }
        }
      },
    },
    {
      name: "a store reads the snapshots of other stores, and knows the events that they belong to",
      needs: ["shared"],
      async run(context) {
        const [first, second] = [await context.open("snapshots"), await context.open("snapshots")];
        await saveAll(first, events("a", [1, 2]));
        await save(first, 1);
        check("getLatestSnapshot returns a snapshot that another store has saved", {
          given: { snapshots: [1] },
          expected: 1,
          actual: await latest(second),
        });
        await save(first, 2);
        check("getLatestSnapshot returns a later snapshot that another store has saved", {
          given: { snapshots: [1, 2], readBefore: 1 },
          expected: 2,
          actual: await latest(second),
        });
        await first.saveEvent(event("a", 3));
        await save(second, 3);
        await save(first, 2);
        check("a snapshot does not replace one with a higher version, which another store has saved", {
          given: { event: "3, by the first store", snapshots: "3, by the second store; then 2, by the first store" },
          expected: [3, 3],
          actual: [await latest(first), await latest(second)],
        });
      },
    },
    {
      name: "snapshots remain after the store is closed and opened again",
      needs: ["durable"],
      async run(context) {
        const first = await context.open("snapshots");
        await saveAll(first, events("a", [1, 2, 5]));
        await save(first, 2);
        await first.close();
        const second = await context.open("snapshots");
        check("getLatestSnapshot returns the snapshot after reopening", {
          given: { snapshots: [2], reopened: true },
          expected: 2,
          actual: await latest(second),
        });
        await save(second, 1);
        await save(second, 5);
        await second.close();
        const third = await context.open("snapshots");
        check("getLatestSnapshot returns the snapshot with the highest version after reopening", {
          given: { snapshots: "2, reopened, 1, 5, reopened" },
          expected: 5,
          actual: await latest(third),
        });
      },
    },
    {
      name: "actors have separate snapshots, whatever their ids",
      async run(context) {
        const store = await context.open("snapshots");
        await Promise.all(someActorIds.map((actorId) => store.saveEvent(event(actorId, 1))));
        await Promise.all(
          someActorIds.map((actorId) => store.saveSnapshot({ actorId, version: 1, state: { actorId } })),
        );
        const found = await Promise.all(someActorIds.map((actorId) => store.getLatestSnapshot(actorId)));
        for (const [index, actorId] of someActorIds.entries()) {
          const { timestamp: _, ...rest } = found[index] ?? { timestamp: "" };
          check("getLatestSnapshot returns only the snapshot of this actor, for any actor id", {
            given: { actorId },
            expected: { actorId, version: 1, state: { actorId } },
            actual: rest,
          });
        }
      },
    },
    {
      name: "a large snapshot is stored unchanged, or rejected as too large",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2, 3]));
        for (const [index, length] of [65_536, 600_000, 2_097_152].entries()) {
          const [version, text] = [index + 1, `x${"é".repeat(length >> 1)}`];
          const before = await latest(store);
          const outcome = await outcomeOf(store.saveSnapshot({ actorId: "a", version, state: { text } }));
          const found = (await store.getLatestSnapshot("a")) ?? { version: undefined, state: {} };
          const given = { bytesOfState: length };
          if (outcome.status === "rejected") {
            await checkRejects(
              "a snapshot that is too large is rejected with EventTooLargeError",
              given,
              Promise.reject(outcome.reason),
              { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" },
            );
          }
          const isStored = outcome.status === "fulfilled";
          const same = (found.state as { readonly text?: string }).text === text;
          check("a large snapshot is stored unchanged, or not at all", {
            given,
            expected: { version: isStored ? version : before, same: isStored },
            actual: { version: found.version, same },
          });
        }
      },
    },
    {
      name: "a snapshot that is aborted in flight is saved, or rejected with signal.reason",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", range(1, moments.length)));
        let kept: number | undefined;
        for (const [index, { when, wait, reason }] of moments.entries()) {
          const version = index + 1;
          const controller = new AbortController();
          const settled = outcomeOf(save(store, version, { signal: controller.signal }));
          await wait();
          controller.abort(reason);
          const outcome = await settled;
          const given = { aborted: when };
          if (outcome.status === "rejected") {
            check("a snapshot that is aborted in flight rejects with signal.reason", {
              given,
              expected: reason,
              actual: outcome.reason,
            });
          }
          const found = await latest(store);
          if (outcome.status === "fulfilled" || found === version) kept = version;
          check("a save of a snapshot that resolves has stored it", { given, expected: kept, actual: found });
        }
      },
    },
    {
      name: "snapshots in flight are saved and read although the store is closed",
      async run(context) {
        const store = await context.open("snapshots");
        await store.saveEvent(event("a", 1));
        await save(store, 1);
        const calls = [save(store, 1), store.getLatestSnapshot("a").then((found) => found?.version)].map(outcomeOf);
        await store.close();
        check("calls that were made before close end as usual", {
          given: "saveSnapshot and getLatestSnapshot, then close()",
          expected: [undefined, 1],
          actual: (await Promise.all(calls)).map((each) => (each.status === "fulfilled" ? each.value : each.reason)),
        });
      },
    },
  ],
  ["snapshots"],
);
