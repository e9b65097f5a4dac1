import type { EventStore } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

/** Two open stores that have both seen version 1 of actor `"a"`, so that whatever they keep in memory is warm. */
async function openTwo(context: StoreCaseContext): Promise<readonly [EventStore, EventStore]> {
  const here = await context.open();
  const there = await context.open();
  await here.saveEvent(event("a", 1));
  for (const store of [here, there]) {
    await store.getEvents("a");
    await store.getLatestVersion("a");
  }
  return [here, there];
}

const given = "two open stores, both have read version 1, then one saves";

export const freshness: readonly StoreCase[] = storeCaseGroup(
  "freshness between open stores",
  [
    {
      name: "what one store saved, another reads",
      async run(context) {
        const [here, there] = await openTwo(context);
        await here.saveEvent(event("a", 2));
        check("getEvents is never stale", { given, expected: events("a", [1, 2]), actual: await there.getEvents("a") });
        await here.saveEvent(event("a", 3));
        check("getLatestVersion is never stale", { given, expected: 3, actual: await there.getLatestVersion("a") });
        await there.saveEvent(event("a", 4));
        check("getLatestVersion is never stale, the other way", {
          given,
          expected: 4,
          actual: await here.getLatestVersion("a"),
        });
        check("getEvents from a version on is never stale", {
          given,
          expected: events("a", [3, 4]),
          actual: await here.getEvents("a", 3),
        });
        check("an actor without events has version 0", {
          given,
          expected: 0,
          actual: await there.getLatestVersion("b"),
        });
        await here.saveEvent(event("b", 1));
        check("an actor that began in between is not missed", {
          given,
          expected: 1,
          actual: await there.getLatestVersion("b"),
        });
      },
    },
    {
      name: "what one store saved is a conflict for another",
      async run(context) {
        const [here, there] = await openTwo(context);
        await there.saveEvent(event("a", 2));
        await here.saveEvent(event("a", 3));
        for (const version of [2, 3]) {
          await checkRejects(
            "a version that another store saved is taken",
            { saved: { here: [1, 3], there: [2] }, attempted: version },
            there.saveEvent(event("a", version, { id: "another" })),
            { code: "AETHER_VERSION_CONFLICT", attemptedVersion: version, currentVersion: 3, sameEvent: false },
          );
        }
        await there.saveEvent(event("a", 4));
        check("the next version is accepted", {
          given,
          expected: events("a", [1, 2, 3, 4]),
          actual: await here.getEvents("a"),
        });
      },
    },
    {
      name: "sameEvent knows what another store saved",
      async run(context) {
        const [here, there] = await openTwo(context);
        await here.saveEvent(event("a", 2));
        await checkRejects(
          "a save repeated by another store is the same event",
          given,
          there.saveEvent(event("a", 2)),
          {
            code: "AETHER_VERSION_CONFLICT",
            currentVersion: 2,
            sameEvent: true,
          },
        );
      },
    },
    {
      name: "a version may be skipped that another store did not know of",
      async run(context) {
        const [here, there] = await openTwo(context);
        await here.saveEvent(event("a", 2));
        await there.saveEvent(event("a", 5));
        await checkRejects("a gap left by another store is closed", given, here.saveEvent(event("a", 4)), {
          code: "AETHER_VERSION_CONFLICT",
          currentVersion: 5,
          sameEvent: false,
        });
        const actual = versionsOf(await here.getEvents("a"));
        check("what is read is what both saved", { given, expected: [1, 2, 5], actual });
      },
    },
    {
      name: "positions ascend across open stores",
      async run(context) {
        const [here, there] = await openTwo(context);
        const positions = [];
        for (const [index, store] of [here, there, there, here, there].entries()) {
          positions.push((await store.saveEvent(event(index % 2 === 0 ? "a" : "b", index + 2))).position);
        }
        checkPositionsAscend("saved here, there, there, here, there", positions);
      },
    },
    {
      name: "closing one store leaves the others open",
      async run(context) {
        const [here, there] = await openTwo(context);
        await here.close();
        await there.saveEvent(event("a", 2));
        check("a store goes on when another is closed", {
          given: "two open stores, one closed",
          expected: events("a", [1, 2]),
          actual: await there.getEvents("a"),
        });
      },
    },
    {
      name: "what one store saved in a batch, another reads",
      needs: ["batch"],
      async run(context) {
        const [, there] = await openTwo(context);
        const store = await context.open("batch");
        await store.saveEvents(events("a", [2, 3]));
        check("getEvents is never stale", {
          given,
          expected: events("a", [1, 2, 3]),
          actual: await there.getEvents("a"),
        });
        await there.saveEvent(event("a", 4));
        const batch = [event("a", 4, { id: "x" }), event("a", 5)];
        const refused = "actor a at 4, saved by another store; then a batch of 4 and 5";
        await checkRejects("a version that another store saved is taken", refused, store.saveEvents(batch), {
          code: "AETHER_VERSION_CONFLICT",
          attemptedVersion: 4,
          currentVersion: 4,
          sameEvent: false,
        });
        check("of the refused batch nothing is stored", {
          given: refused,
          expected: 4,
          actual: await there.getLatestVersion("a"),
        });
      },
    },
    {
      name: "what one store saved, another streams",
      needs: ["streaming"],
      async run(context) {
        const [here] = await openTwo(context);
        const there = await context.open("streaming");
        await collect(there.readEvents("a"));
        await here.saveEvent(event("a", 2));
        const actual = versionsOf(await collect(there.readEvents("a")));
        check("readEvents is never stale", { given, expected: [1, 2], actual });
        const [newest] = await collect(there.readEvents("a", { direction: "backward", limit: 1 }));
        check("readEvents is never stale, backward", { given, expected: 2, actual: newest?.version });
      },
    },
  ],
  ["shared"],
);
