import { check, checkRejects } from "../checks/check.ts";
import { event, events, untyped } from "../samples/events.ts";
import { invalidEventsByPromise } from "../samples/invalid-events.ts";
import { type StoreCase, type StoreCaseDefinition, storeCaseGroup } from "../suite/store-case.ts";

const badActorIds = ["", "\ud800", "a\udfffb", undefined, null, 7] as unknown as readonly string[];
const badVersions = [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "1"] as unknown as readonly number[];
const refusedAs = (argument: string) => ({ code: "AETHER_INVALID_ARGUMENT", argument }) as const;

export const invalidInput: readonly StoreCase[] = storeCaseGroup("invalid input", [
  ...Object.entries(invalidEventsByPromise).map(
    ([promise, table]): StoreCaseDefinition => ({
      name: promise,
      async run(context) {
        const store = await context.open();
        for (const { given, path } of table) {
          await checkRejects(promise, given, store.saveEvent(untyped(given)), { code: "AETHER_INVALID_EVENT", path });
        }
        check("an event that is refused is not stored", {
          given: table.map(({ given }) => given),
          expected: [],
          actual: await store.getEvents("a"),
        });
      },
    }),
  ),
  {
    name: "the version of an event that was refused is still free",
    async run(context) {
      const store = await context.open();
      const refused = untyped({ ...event("a", 1), data: { price: Number.NaN } });
      await checkRejects("an event that is none is refused", refused, store.saveEvent(refused), {
        code: "AETHER_INVALID_EVENT",
        path: "data.price",
      });
      const given = { refused: 1, thenSaved: [1, 2] };
      for (const version of [1, 2]) await store.saveEvent(event("a", version));
      check("a refused event takes no version", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a read of an actor id that is empty, no string or ill-formed is refused",
    async run(context) {
      const store = await context.open();
      for (const actorId of badActorIds) {
        const promise = "a bad actor id is an InvalidArgumentError";
        await checkRejects(promise, { actorId }, store.getEvents(actorId), refusedAs("actorId"));
        await checkRejects(promise, { actorId }, store.getLatestVersion(actorId), refusedAs("actorId"));
      }
    },
  },
  {
    name: "a read from a version that is no integer from 0 on is refused",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      for (const fromVersion of badVersions) {
        await checkRejects(
          "a bad fromVersion is an InvalidArgumentError",
          { fromVersion },
          store.getEvents("a", fromVersion),
          refusedAs("fromVersion"),
        );
      }
    },
  },
  {
    name: "a read with errors refuses the same arguments",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      for (const actorId of badActorIds) {
        const call = store.getEventsWithErrors(actorId);
        await checkRejects("a bad actor id is an InvalidArgumentError", { actorId }, call, refusedAs("actorId"));
      }
      for (const fromVersion of badVersions) {
        const call = store.getEventsWithErrors("a", fromVersion);
        const promise = "a bad fromVersion is an InvalidArgumentError";
        await checkRejects(promise, { fromVersion }, call, refusedAs("fromVersion"));
      }
    },
  },
]);
