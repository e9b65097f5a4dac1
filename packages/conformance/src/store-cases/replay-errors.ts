import type { EventStore, EventsWithErrors, ReplayReportingEventStore } from "@aether/core";
import { supports } from "@aether/core";
import { check } from "../checks/check.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

const given = "event 1, a malformed record, event 2";

/** Saves event 1, puts a malformed record behind it, and opens the store again. */
async function damaged(context: StoreCaseContext): Promise<EventStore> {
  const store = await context.open();
  await store.saveEvent(event("a", 1));
  await store.close();
  await context.malformedRecord("a");
  return context.open();
}

function checkFound(
  promise: string,
  found: EventsWithErrors,
  expected: { events: readonly unknown[]; errors: number },
) {
  check(promise, { given, expected, actual: { events: found.events, errors: found.errors.length } });
}

export const replayErrors: readonly StoreCase[] = storeCaseGroup("replay errors", [
  {
    name: "without malformed records there are events and no errors",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      const read = async (actorId: string, fromVersion?: number) => {
        const { events: found, errors } = await store.getEventsWithErrors(actorId, fromVersion);
        return { events: found, errors };
      };
      check("an actor without events has neither", {
        given: "nobody",
        expected: { events: [], errors: [] },
        actual: await read("nobody"),
      });
      for (const one of events("a", [1, 2, 10])) await store.saveEvent(one);
      for (const fromVersion of [undefined, 0, 2, 3, 10, 11]) {
        check("getEventsWithErrors reads like getEvents", {
          given: { saved: [1, 2, 10], fromVersion },
          expected: { events: await store.getEvents("a", fromVersion), errors: [] },
          actual: await read("a", fromVersion),
        });
      }
    },
  },
  {
    name: "plain reads skip a malformed record",
    needs: ["durable"],
    needsDamage: "malformedRecord",
    async run(context) {
      const store = await damaged(context);
      check("getEvents skips a malformed record", {
        given,
        expected: events("a", [1]),
        actual: await store.getEvents("a"),
      });
      check("a malformed record is no version", { given, expected: 1, actual: await store.getLatestVersion("a") });
      await store.saveEvent(event("a", 2));
      check("the event behind a malformed record can be saved", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
      check("the event behind it is read from its version", {
        given,
        expected: events("a", [2]),
        actual: await store.getEvents("a", 2),
      });
      check("the event behind it is the latest", { given, expected: 2, actual: await store.getLatestVersion("a") });
      if (!supports(store, "streaming")) return;
      check("readEvents skips a malformed record", {
        given,
        expected: [1, 2],
        actual: versionsOf(await collect(store.readEvents("a"))),
      });
    },
  },
  {
    name: "an actor that has nothing but a malformed record can begin",
    needs: ["durable"],
    needsDamage: "malformedRecord",
    async run(context) {
      await (await context.open()).close();
      await context.malformedRecord("a");
      const store = await context.open();
      check("an actor that has nothing but a malformed record has no events", {
        given: "a malformed record",
        expected: [],
        actual: await store.getEvents("a"),
      });
      await store.saveEvent(event("a", 1));
      check("the first event of such an actor can be saved", {
        given: "a malformed record, event 1",
        expected: events("a", [1]),
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a malformed record is reported with its position, its bytes and the cause",
    needs: ["durable", "replayErrors"],
    needsDamage: "malformedRecord",
    async run(context) {
      const first = await context.open();
      const before = await first.saveEvent(event("a", 1));
      await first.close();
      await context.malformedRecord("a");
      const store = (await context.open("replayErrors")) satisfies ReplayReportingEventStore;
      const after = await store.saveEvent(event("a", 2));
      const found = await store.getEventsWithErrors("a");
      checkFound("the events and the malformed record are found", found, { events: events("a", [1, 2]), errors: 1 });
      for (const { position, raw, cause } of found.errors) {
        checkPositionsAscend(given, [before.position, position, after.position]);
        check("a replay error has the record's bytes", {
          given,
          expected: "bytes",
          actual: raw instanceof Uint8Array && raw.length > 0 ? "bytes" : raw,
        });
        check("a replay error says why", { given, expected: "a cause", actual: cause == null ? cause : "a cause" });
      }
      const later = await store.getEventsWithErrors("a", 2);
      check("the events from a version on are found", { given, expected: events("a", [2]), actual: later.events });
      const other = await store.getEventsWithErrors("b");
      check("another actor has no part in it", { given, expected: [], actual: other.errors });
    },
  },
]);
