import type { Event, Position, ReadOptions } from "@aether/core";
import { check } from "../checks/check.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

const given = "event 1, a malformed record, event 2, two malformed records, events 5 and 6, a malformed record";

/** Saves the events of `given`, with malformed records between them. Resolves to the positions of the events. */
async function damage(context: StoreCaseContext): Promise<readonly Position[]> {
  const positions: Position[] = [];
  const steps: readonly { readonly saved: readonly Event[]; readonly malformed: number }[] = [
    { saved: events("a", [1]), malformed: 1 },
    { saved: events("a", [2]), malformed: 2 },
    { saved: events("a", [5, 6]), malformed: 1 },
  ];
  for (const { saved, malformed } of steps) {
    const store = await context.open();
    for (const each of saved) positions.push((await store.saveEvent(each)).position);
    await store.close();
    for (let count = 0; count < malformed; count++) await context.malformedRecord("a");
  }
  return positions;
}

const versions = [1, 2, 5, 6];
const streams: readonly { readonly options: ReadOptions; readonly expected: readonly number[] }[] = [
  ...[1, 2, 3, 4, 5].flatMap((limit) => [
    { options: { limit }, expected: versions.slice(0, limit) },
    { options: { limit, direction: "backward" as const }, expected: versions.toReversed().slice(0, limit) },
  ]),
  { options: { fromVersion: 2, limit: 2 }, expected: [2, 5] },
  { options: { fromVersion: 3, limit: 1 }, expected: [5] },
  { options: { toVersion: 4, limit: 2, direction: "backward" }, expected: [2, 1] },
  { options: { fromVersion: 2, toVersion: 5, direction: "backward" }, expected: [5, 2] },
];

export const severalMalformedRecords: readonly StoreCase[] = storeCaseGroup(
  "replay errors",
  [
    {
      name: "a malformed record does not count against the limit of a stream",
      needs: ["streaming"],
      needsDamage: "malformedRecord",
      async run(context) {
        await damage(context);
        const store = await context.open("streaming");
        for (const { options, expected } of streams) {
          check("readEvents skips malformed records, and does not count them against its limit", {
            given: { stored: given, options },
            expected,
            actual: versionsOf(await collect(store.readEvents("a", options))),
          });
        }
      },
    },
    {
      name: "reads from any version skip several malformed records",
      needsDamage: "malformedRecord",
      async run(context) {
        await damage(context);
        const store = await context.open();
        for (const fromVersion of [0, 1, 2, 3, 5, 6, 7]) {
          check("getEvents skips malformed records, from any version on", {
            given: { stored: given, fromVersion },
            expected: versions.filter((version) => version >= fromVersion),
            actual: versionsOf(await store.getEvents("a", fromVersion)),
          });
        }
        check("malformed records do not count as versions", {
          given,
          expected: 6,
          actual: await store.getLatestVersion("a"),
        });
        await store.saveEvent(event("a", 7));
        check("an event can be saved after several malformed records", {
          given,
          expected: events("a", [...versions, 7]),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "each of several malformed records is reported, in store order",
      needs: ["replayErrors"],
      needsDamage: "malformedRecord",
      async run(context) {
        const [first, second, third, fourth] = await damage(context);
        const store = await context.open("replayErrors");
        const found = await store.getEventsWithErrors("a");
        check("getEventsWithErrors reports every malformed record", {
          given,
          expected: { events: versions, errors: 4 },
          actual: { events: versionsOf(found.events), errors: found.errors.length },
        });
        const [one, two, three, four] = found.errors.map(({ position }) => position);
        const inOrder = [first, one, second, two, three, third, fourth, four];
        checkPositionsAscend(
          given,
          inOrder.map((position) => position ?? ("" as Position)),
        );
      },
    },
    {
      name: "getEventsWithErrors from a version reports the malformed records after its first event",
      needs: ["replayErrors"],
      needsDamage: "malformedRecord",
      async run(context) {
        const positions = await damage(context);
        const store = await context.open("replayErrors");
        const all = (await store.getEventsWithErrors("a")).errors.map(({ position }) => position);
        for (const [index, fromVersion] of versions.entries()) {
          const found = await store.getEventsWithErrors("a", fromVersion);
          const reported = found.errors.map(({ position }) => position);
          const first = positions[index] ?? "";
          const input = { stored: given, fromVersion };
          check("getEventsWithErrors from a version returns the events from that version", {
            given: input,
            expected: versions.slice(index),
            actual: versionsOf(found.events),
          });
          check("getEventsWithErrors reports every malformed record after the first event that it returns", {
            given: input,
            expected: all.filter((position) => position > first),
            actual: reported.filter((position) => position > first),
          });
          check("getEventsWithErrors from a version reports no other errors than from the beginning", {
            given: input,
            expected: all.filter((position) => reported.includes(position)),
            actual: reported,
          });
        }
      },
    },
  ],
  ["durable"],
);
