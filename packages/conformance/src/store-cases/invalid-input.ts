import type { Event } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, untyped } from "../samples/events.ts";
import { invalidEventsByGuarantee } from "../samples/invalid-events.ts";
import { type StoreCase, type StoreCaseDefinition, storeCaseGroup } from "../suite/store-case.ts";

const badActorIds = ["", "\ud800", "a\udfffb", undefined, null, 7] as unknown as readonly string[];
const badVersions = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1"] as unknown as readonly number[];
/** Gives an invalid event the version that it needs at a place in a batch, unless its version is the invalid value. */
function movedTo(given: unknown, place: number): unknown {
  if (typeof given !== "object" || given === null || Reflect.get(given, "version") !== 1) return given;
  return { ...given, version: place + 1 };
}

const rejectedAs = (argument: string) => ({ code: "AETHER_INVALID_ARGUMENT", argument }) as const;

export const invalidInput: readonly StoreCase[] = storeCaseGroup("invalid input", [
  ...Object.entries(invalidEventsByGuarantee).map(
    ([guarantee, table]): StoreCaseDefinition => ({
      name: guarantee,
      async run(context) {
        const store = await context.open();
        for (const { given, path } of table) {
          await checkRejects(guarantee, given, store.saveEvent(untyped(given)), { code: "AETHER_INVALID_EVENT", path });
        }
        check("a rejected event is not stored", {
          given: table.map(({ given }) => given),
          expected: [],
          actual: await store.getEvents("a"),
        });
      },
    }),
  ),
  {
    name: "a batch rejects the same invalid events, at any place in it",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const tables = Object.entries(invalidEventsByGuarantee).flatMap(([guarantee, table]) =>
        [table.at(0), table.at(-1)].flatMap((row) => (row === undefined ? [] : [{ guarantee, ...row }])),
      );
      for (const [index, { guarantee, given, path }] of tables.entries()) {
        const place = index % 3;
        const batch = [event("a", 1), event("a", 2)].toSpliced(place, 0, movedTo(given, place) as Event);
        // Versions ascend, so that only the invalid value can be the reason.
        const ascending = batch.map((each, at) => (at > place ? { ...each, version: at + 1 } : each));
        await checkRejects(guarantee, { index: place, given }, store.saveEvents(ascending), {
          code: "AETHER_INVALID_EVENT",
          path: path === "" ? `[${place}]` : `[${place}].${path}`,
        });
      }
      check("a rejected batch stores nothing", {
        given: `${tables.length} batches with an invalid event each`,
        expected: [],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "the version of a rejected event stays free",
    async run(context) {
      const store = await context.open();
      const rejected = untyped({ ...event("a", 1), data: { price: Number.NaN } });
      await checkRejects(
        "saveEvent rejects an invalid event with InvalidEventError",
        rejected,
        store.saveEvent(rejected),
        {
          code: "AETHER_INVALID_EVENT",
          path: "data.price",
        },
      );
      const given = { rejected: 1, thenSaved: [1, 2] };
      for (const version of [1, 2]) await store.saveEvent(event("a", version));
      check("a rejected event takes no version", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "reads reject an actor id that is empty, not a string or ill-formed",
    async run(context) {
      const store = await context.open();
      for (const actorId of badActorIds) {
        const guarantee = "reads reject an invalid actor id with InvalidArgumentError";
        await checkRejects(guarantee, { actorId }, store.getEvents(actorId), rejectedAs("actorId"));
        await checkRejects(guarantee, { actorId }, store.getLatestVersion(actorId), rejectedAs("actorId"));
      }
    },
  },
  {
    name: "reads reject a fromVersion that is not an integer of at least 0",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      for (const fromVersion of badVersions) {
        await checkRejects(
          "reads reject an invalid fromVersion with InvalidArgumentError",
          { fromVersion },
          store.getEvents("a", fromVersion),
          rejectedAs("fromVersion"),
        );
      }
    },
  },
  {
    name: "getEventsWithErrors rejects the same arguments as the other reads",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      for (const actorId of badActorIds) {
        const call = store.getEventsWithErrors(actorId);
        await checkRejects(
          "reads reject an invalid actor id with InvalidArgumentError",
          { actorId },
          call,
          rejectedAs("actorId"),
        );
      }
      for (const fromVersion of badVersions) {
        const call = store.getEventsWithErrors("a", fromVersion);
        const guarantee = "reads reject an invalid fromVersion with InvalidArgumentError";
        await checkRejects(guarantee, { fromVersion }, call, rejectedAs("fromVersion"));
      }
    },
  },
]);
