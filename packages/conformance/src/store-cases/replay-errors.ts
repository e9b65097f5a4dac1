import type { EventStore, EventsWithErrors, ReplayReportingEventStore } from "@aether/core";
import { supports } from "@aether/core";
import { check } from "../checks/check.ts";
import { collect, event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";
import { checkPositionsAscend } from "./check-positions.ts";

const given = "event 1, a malformed record, event 2";

/** Saves event 1, adds a malformed record after it, and opens the store again. */
async function damaged(context: StoreCaseContext): Promise<EventStore> {
  const store = await context.open();
  await store.saveEvent(event("a", 1));
  await store.close();
  await context.malformedRecord("a");
  return context.open();
}

function checkFound(
  guarantee: string,
  found: EventsWithErrors,
  expected: { events: readonly unknown[]; errors: number },
) {
  check(guarantee, { given, expected, actual: { events: found.events, errors: found.errors.length } });
}

export const replayErrors: readonly StoreCase[] = storeCaseGroup("replay errors", [
  {
    name: "without malformed records, getEventsWithErrors returns events and no errors",
    needs: ["replayErrors"],
    async run(context) {
      const store = await context.open("replayErrors");
      const read = async (actorId: string, fromVersion?: number) => {
        const { events: found, errors } = await store.getEventsWithErrors(actorId, fromVersion);
        return { events: found, errors };
      };
      check("getEventsWithErrors returns no events and no errors for an actor without events", {
        given: "without-events",
        expected: { events: [], errors: [] },
        actual: await read("without-events"),
      });
      for (const each of events("a", [1, 2, 10])) await store.saveEvent(each);
      for (const fromVersion of [undefined, 0, 2, 3, 10, 11]) {
        check("getEventsWithErrors returns the same events as getEvents", {
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
      check("a malformed record does not count as a version", {
        given,
        expected: 1,
        actual: await store.getLatestVersion("a"),
      });
      await store.saveEvent(event("a", 2));
      check("an event can be saved after a malformed record", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
      check("getEvents from its version returns the event after a malformed record", {
        given,
        expected: events("a", [2]),
        actual: await store.getEvents("a", 2),
      });
      check("getLatestVersion returns the version of the event after a malformed record", {
        given,
        expected: 2,
        actual: await store.getLatestVersion("a"),
      });
      if (!supports(store, "streaming")) return;
      check("readEvents skips a malformed record", {
        given,
        expected: [1, 2],
        actual: versionsOf(await collect(store.readEvents("a"))),
      });
    },
  },
  {
    name: "the first event of an actor can be saved after a malformed record",
    needs: ["durable"],
    needsDamage: "malformedRecord",
    async run(context) {
      await (await context.open()).close();
      await context.malformedRecord("a");
      const store = await context.open();
      check("getEvents returns [] for an actor with only a malformed record", {
        given: "a malformed record",
        expected: [],
        actual: await store.getEvents("a"),
      });
      await store.saveEvent(event("a", 1));
      check("the first event of an actor can be saved after a malformed record", {
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
      checkFound("getEventsWithErrors returns the events and one error", found, {
        events: events("a", [1, 2]),
        errors: 1,
      });
      for (const { position, raw, cause } of found.errors) {
        checkPositionsAscend(given, [before.position, position, after.position]);
        check("a replay error contains the bytes of the record", {
          given,
          expected: "bytes",
          actual: raw instanceof Uint8Array && raw.length > 0 ? "bytes" : raw,
        });
        check("a replay error contains the cause", {
          given,
          expected: "a cause",
          actual: cause == null ? cause : "a cause",
        });
      }
      const later = await store.getEventsWithErrors("a", 2);
      check("getEventsWithErrors from a version returns the events from that version", {
        given,
        expected: events("a", [2]),
        actual: later.events,
      });
      const other = await store.getEventsWithErrors("b");
      check("getEventsWithErrors reports no errors for other actors", { given, expected: [], actual: other.errors });
    },
  },
]);
