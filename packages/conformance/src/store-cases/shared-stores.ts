import type { EventStore } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";
import { readersOf } from "./readers.ts";

/** Opens two stores on the same storage. Both have read version 1 of actor `"a"`, so that any caches contain it. */
async function openTwo(context: StoreCaseContext): Promise<readonly [EventStore, EventStore]> {
  const first = await context.open();
  const second = await context.open();
  await first.saveEvent(event("a", 1));
  for (const store of [first, second]) {
    await store.getEvents("a");
    await store.getLatestVersion("a");
  }
  return [first, second];
}

const given = "two open stores that have both read version 1; then one of them saves";

export const sharedStores: readonly StoreCase[] = storeCaseGroup(
  "shared stores",
  [
    {
      name: "a store reads events that another store has saved",
      async run(context) {
        const [first, second] = await openTwo(context);
        await first.saveEvent(event("a", 2));
        check("getEvents returns events that another store has saved", {
          given,
          expected: events("a", [1, 2]),
          actual: await second.getEvents("a"),
        });
        await first.saveEvent(event("a", 3));
        check("getLatestVersion returns a version that another store has saved", {
          given,
          expected: 3,
          actual: await second.getLatestVersion("a"),
        });
        await second.saveEvent(event("a", 4));
        check("getLatestVersion returns a version that another store has saved, in the other direction", {
          given,
          expected: 4,
          actual: await first.getLatestVersion("a"),
        });
        check("getEvents from a version returns events that another store has saved", {
          given,
          expected: events("a", [3, 4]),
          actual: await first.getEvents("a", 3),
        });
        check("getLatestVersion returns 0 for an actor without events", {
          given,
          expected: 0,
          actual: await second.getLatestVersion("b"),
        });
        await first.saveEvent(event("b", 1));
        check("getLatestVersion returns the first version of an actor that another store has saved", {
          given,
          expected: 1,
          actual: await second.getLatestVersion("b"),
        });
      },
    },
    {
      name: "a store reads the first events of an actor although it has read the actor before",
      async run(context) {
        const [first, second] = [await context.open(), await context.open()];
        const readers = readersOf(second);
        const save = async (version: number): Promise<void> => {
          const before = range(1, version - 1);
          for (const { read } of readers) await read(second);
          await first.saveEvent(event("a", version));
          for (const { call, read, select } of readers) {
            check("every read returns events that another store has saved since the same read before", {
              given: { readBefore: before, saved: version, call },
              expected: select([...before, version]),
              actual: await read(second),
            });
          }
        };
        for (const version of [1, 2]) await save(version);
      },
    },
    {
      name: "a version that another store has saved is rejected with a conflict",
      async run(context) {
        const [first, second] = await openTwo(context);
        await second.saveEvent(event("a", 2));
        await first.saveEvent(event("a", 3));
        for (const version of [2, 3]) {
          await checkRejects(
            "a version that another store has saved is rejected with VersionConflictError",
            { saved: { byFirst: [1, 3], bySecond: [2] }, attempted: version },
            second.saveEvent(event("a", version, { id: "another" })),
            { code: "AETHER_VERSION_CONFLICT", attemptedVersion: version, currentVersion: 3, sameEvent: false },
          );
        }
        await second.saveEvent(event("a", 4));
        check("the next version is accepted", {
          given,
          expected: events("a", [1, 2, 3, 4]),
          actual: await first.getEvents("a"),
        });
      },
    },
    {
      name: "sameEvent is true for an event that another store has saved",
      async run(context) {
        const [first, second] = await openTwo(context);
        await first.saveEvent(event("a", 2));
        await checkRejects(
          "sameEvent is true for an event that another store has saved",
          given,
          second.saveEvent(event("a", 2)),
          {
            code: "AETHER_VERSION_CONFLICT",
            currentVersion: 2,
            sameEvent: true,
          },
        );
      },
    },
    {
      name: "a gap that another store has left cannot be filled",
      async run(context) {
        const [first, second] = await openTwo(context);
        await first.saveEvent(event("a", 2));
        await second.saveEvent(event("a", 5));
        await checkRejects(
          "a version in a gap that another store has left is rejected with VersionConflictError",
          given,
          first.saveEvent(event("a", 4)),
          {
            code: "AETHER_VERSION_CONFLICT",
            currentVersion: 5,
            sameEvent: false,
          },
        );
        const actual = versionsOf(await first.getEvents("a"));
        check("getEvents returns the events of both stores", { given, expected: [1, 2, 5], actual });
      },
    },
    {
      name: "positions ascend across open stores",
      async run(context) {
        const [first, second] = await openTwo(context);
        const positions = [];
        for (const [index, store] of [first, second, second, first, second].entries()) {
          positions.push((await store.saveEvent(event(index % 2 === 0 ? "a" : "b", index + 2))).position);
        }
        checkPositionsAscend("saved by the stores 1, 2, 2, 1, 2", positions);
      },
    },
    {
      name: "closing one store leaves other stores open",
      async run(context) {
        const [first, second] = await openTwo(context);
        await first.close();
        await second.saveEvent(event("a", 2));
        check("a store still saves and reads events after another store was closed", {
          given: "two open stores, one of them closed",
          expected: events("a", [1, 2]),
          actual: await second.getEvents("a"),
        });
      },
    },
    {
      name: "a store reads a batch that another store has saved",
      needs: ["batch"],
      async run(context) {
        const [, second] = await openTwo(context);
        const store = await context.open("batch");
        await store.saveEvents(events("a", [2, 3]));
        check("getEvents returns events that another store has saved", {
          given,
          expected: events("a", [1, 2, 3]),
          actual: await second.getEvents("a"),
        });
        await second.saveEvent(event("a", 4));
        const batch = [event("a", 4, { id: "x" }), event("a", 5)];
        const rejected = "version 4 of actor a, saved by another store; then a batch of versions 4 and 5";
        await checkRejects(
          "a version that another store has saved is rejected with VersionConflictError",
          rejected,
          store.saveEvents(batch),
          {
            code: "AETHER_VERSION_CONFLICT",
            attemptedVersion: 4,
            currentVersion: 4,
            sameEvent: false,
          },
        );
        check("a rejected batch does not change the latest version", {
          given: rejected,
          expected: 4,
          actual: await second.getLatestVersion("a"),
        });
      },
    },
    {
      name: "a store streams events that another store has saved",
      needs: ["streaming"],
      async run(context) {
        const [first] = await openTwo(context);
        const second = await context.open("streaming");
        await collect(second.readEvents("a"));
        await first.saveEvent(event("a", 2));
        const actual = versionsOf(await collect(second.readEvents("a")));
        check("readEvents yields events that another store has saved", { given, expected: [1, 2], actual });
        const [newest] = await collect(second.readEvents("a", { direction: "backward", limit: 1 }));
        check("readEvents yields events that another store has saved, backward", {
          given,
          expected: 2,
          actual: newest?.version,
        });
      },
    },
  ],
  ["shared"],
);
