import {
  type Event,
  type EventStore,
  isVersionConflictError,
  type ReplayReportingEventStore,
  type StreamingEventStore,
  supports,
} from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { allActorIds, hostileActorIds, longActorIds } from "../samples/hostile-actor-ids.ts";
import { type StoreCase, type StoreCaseDefinition, storeCaseGroup } from "../suite/store-case.ts";
import { checkEveryRead } from "./every-read.ts";
import { saveAll } from "./save-all.ts";

/**
 * Saves the first event of an actor. If the save gets a conflict, the error contains the stored events. They show which
 * actor the store has confused with this one.
 */
async function saveFirst(store: EventStore, event: Event): Promise<void> {
  const outcome = await outcomeOf(store.saveEvent(event));
  if (outcome.status === "fulfilled") return;
  if (!isVersionConflictError(outcome.reason)) throw outcome.reason;
  check("the first event of an actor never gets a conflict, for any actor id", {
    given: { saving: event, stored: await store.getEvents(event.actorId) },
    expected: "no error",
    actual: outcome.reason,
  });
}

/** Saves one event for each actor, and checks that every kind of read returns only this event. */
async function checkApart(store: EventStore, ids: readonly string[]): Promise<void> {
  const own = (actorId: string): Event =>
    event(actorId, 1 + ids.indexOf(actorId), { id: `of ${ids.indexOf(actorId)}` });
  await Promise.all(ids.map((actorId) => saveFirst(store, own(actorId))));
  for (const [index, actorId] of ids.entries()) {
    const expected = [own(actorId)];
    const guarantee = "a read returns only the events of this actor, for any actor id";
    const checkRead = (call: string, actual: readonly Event[]): void =>
      check(guarantee, { given: { actorId, call }, expected, actual });
    checkRead("getEvents", await store.getEvents(actorId));
    if (index % 3 === 0 || !(supports(store, "replayErrors") || supports(store, "streaming"))) {
      check("getLatestVersion returns the latest version of this actor, for any actor id", {
        given: { actorId },
        expected: own(actorId).version,
        actual: await store.getLatestVersion(actorId),
      });
    } else if (supports(store, "replayErrors") && (index % 3 === 1 || !supports(store, "streaming"))) {
      const found = await (store as ReplayReportingEventStore).getEventsWithErrors(actorId);
      checkRead("getEventsWithErrors", found.events);
      check("getEventsWithErrors reports no errors for an actor without malformed records", {
        given: { actorId },
        expected: [],
        actual: found.errors,
      });
    } else checkRead("readEvents", await collect((store as StreamingEventStore).readEvents(actorId)));
  }
}

/** Saves an event for each of two long ids. Checks that they are kept apart, or rejected as invalid. */
async function checkLongIds(store: EventStore, pair: readonly [string, string]): Promise<void> {
  const saved: Event[] = [];
  for (const actorId of pair) {
    const first = event(actorId, saved.length + 1, { id: `event ${saved.length}` });
    const given = { actorId: `${actorId.slice(0, 3)}...${actorId.slice(-3)}`, characters: actorId.length };
    const outcome = await outcomeOf(store.saveEvent(first));
    if (outcome.status === "fulfilled") saved.push(first);
    else {
      await checkRejects(
        "an actor id that is too long for the store is rejected with InvalidEventError, and not cut",
        given,
        Promise.reject(outcome.reason),
        { code: "AETHER_INVALID_EVENT", path: "actorId" },
      );
      const read = await outcomeOf(store.getEvents(actorId));
      if (read.status === "fulfilled") {
        check("an event of a rejected actor id is not stored", { given, expected: [], actual: read.value });
      } else {
        await checkRejects(
          "a read of an actor id that is too long for the store rejects with InvalidArgumentError, or returns []",
          given,
          Promise.reject(read.reason),
          { code: "AETHER_INVALID_ARGUMENT", argument: "actorId" },
        );
      }
    }
  }
  for (const first of saved) {
    const given = { actorIds: "two that differ in the last character only", characters: first.actorId.length };
    check("getEvents returns only the events of this actor, for long actor ids, too", {
      given,
      expected: [first],
      actual: await store.getEvents(first.actorId),
    });
    check("getLatestVersion returns the latest version of this actor, for long actor ids, too", {
      given,
      expected: first.version,
      actual: await store.getLatestVersion(first.actorId),
    });
  }
}

export const actorIds: readonly StoreCase[] = storeCaseGroup("actor ids", [
  ...Object.entries(hostileActorIds).map(
    ([kind, ids]): StoreCaseDefinition => ({
      name: `different ids identify different actors: ${kind}`,
      run: async (context) => checkApart(await context.open(), ids),
    }),
  ),
  {
    name: "a conflict has the actor id and the current version of this actor",
    async run(context) {
      const store = await context.open();
      const ids = allActorIds.filter((_, index) => index % 6 === 0);
      await Promise.all(ids.map((actorId, index) => store.saveEvent(event(actorId, index + 2))));
      const conflicts = ids.map((actorId, index) =>
        checkRejects(
          "a conflict has the actor id and the current version of this actor",
          { actorId },
          store.saveEvent(event(actorId, 1)),
          { code: "AETHER_VERSION_CONFLICT", actorId, currentVersion: index + 2 },
        ),
      );
      await Promise.all(conflicts);
    },
  },
  {
    name: "actor ids that end like versions are not confused with the versions of other actors",
    async run(context) {
      const store = await context.open();
      const ids = ["a", "a1", "a11", "a:1"];
      const own = (actorId: string): readonly Event[] =>
        [1, 11, 111].map((version) => event(actorId, version, { id: `${version} of ${actorId}` }));
      await Promise.all(ids.map((actorId) => saveAll(store, own(actorId))));
      for (const actorId of ids) await checkEveryRead(store, { actorIds: ids, versions: [1, 11, 111] }, own(actorId));
    },
  },
  {
    name: "an actor id of more than 128 bytes is kept apart from other ids, or rejected",
    async run(context) {
      const store = await context.open();
      for (const pair of longActorIds) await checkLongIds(store, pair);
    },
  },
  {
    name: "an id is never treated as a pattern",
    async run(context) {
      const store = await context.open();
      for (const actorId of ["a.b", "axb", "ab"]) await store.saveEvent(event(actorId, 5));
      const patterns = ["a", "a.*", "a.>", "*", "*.*", ">", "a%", "a_b", "%", "a?b", ".*", "a.b.*", "a.", "b", "A.B"];
      const read = await Promise.all(patterns.map((pattern) => store.getEvents(pattern)));
      const latest = await Promise.all(patterns.map((pattern) => store.getLatestVersion(pattern)));
      for (const [index, actorId] of patterns.entries()) {
        const given = { actorId, saved: ["a.b", "axb", "ab"] };
        check("getEvents returns [] for an actor without events", { given, expected: [], actual: read[index] });
        check("getLatestVersion returns 0 for an actor without events", { given, expected: 0, actual: latest[index] });
      }
      for (const actorId of ["*", ">", "a_b"]) await store.saveEvent(event(actorId, 1));
      check("saving events for one actor does not change other actors", {
        given: { saved: ["*", ">", "a_b"] },
        expected: [5],
        actual: versionsOf(await store.getEvents("a.b")),
      });
    },
  },
  {
    name: "batches keep similar ids apart",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const ids = ["a.b", "a_b", "A.B", "a b", "a.b ", "\u00e9", "e\u0301", "__proto__", "*"];
      await Promise.all(ids.map((actorId) => store.saveEvents(events(actorId, [1, 2]))));
      for (const actorId of ids) {
        check("getEvents returns only the events of this actor", {
          given: { actorId },
          expected: events(actorId, [1, 2]),
          actual: await store.getEvents(actorId),
        });
      }
    },
  },
]);
