import { type Event, type EventStore, isVersionConflictError } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

/** Ids that stores often confuse with each other or fail to handle. */
const hostileIds: readonly string[] = [
  ..."a.b a_b a-b a/b a\\b a:b a+b a|b a,b a b .a.b a.b. a..b . ..".split(" "),
  ..."* > a.* a.> *.b a* % %% a% a%2eb a%2Eb a%20b a=2Eb $ $a _ ? #".split(" "),
  ..."A.B A Straße STRASSE strasse İ i I ı".split(" "),
  ...["a b", " ", " a", "a ", "\ta", "a\r\nb", "a\nb", "a\rb", "\u007f", "\ufeffa", "a\u200bb"],
  ...["\u0000", "a\u0000b", "a\u0000", "\u202eab", "ab\u200f", "ab"],
  ...["\u00e9", "e\u0301", "\uac00", "\u1100\u1161", "\ufb01", "fi"],
  ...["\u{1F4A5}", "\u{1F469}\u200d\u{1F680}", "\u{1F469}"],
  ..."__proto__ constructor prototype toString hasOwnProperty null undefined NaN 0 00 -0".split(" "),
  ..."../a '; \" ' ` $(a) {a} [a] (a) <a> &amp; &".split(" "),
  ...["'; DROP TABLE events; --", "x".repeat(199), "x".repeat(200), `${"x".repeat(199)}y`, "%".repeat(200)],
];

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

export const actorIds: readonly StoreCase[] = storeCaseGroup("actor ids", [
  {
    name: "different ids identify different actors",
    async run(context) {
      const store = await context.open();
      const own = (actorId: string) => [event(actorId, 1, { id: `of ${hostileIds.indexOf(actorId)}` })];
      await Promise.all(
        hostileIds.map(async (actorId) => {
          for (const first of own(actorId)) await saveFirst(store, first);
        }),
      );
      const read = await Promise.all(hostileIds.map((actorId) => store.getEvents(actorId)));
      for (const [index, actorId] of hostileIds.entries()) {
        check("getEvents returns only the events of this actor, for any actor id", {
          given: { actorId },
          expected: own(actorId),
          actual: read[index],
        });
      }
    },
  },
  {
    name: "each id has its own latest version",
    async run(context) {
      const store = await context.open();
      const versionOf = (actorId: string): number => 1 + hostileIds.indexOf(actorId);
      await Promise.all(hostileIds.map((actorId) => store.saveEvent(event(actorId, versionOf(actorId)))));
      const latest = await Promise.all(hostileIds.map((actorId) => store.getLatestVersion(actorId)));
      for (const [index, actorId] of hostileIds.entries()) {
        check("getLatestVersion returns the latest version of this actor, for any actor id", {
          given: { actorId, saved: [versionOf(actorId)] },
          expected: versionOf(actorId),
          actual: latest[index],
        });
      }
      const conflicts = hostileIds.slice(0, 20).map((actorId) =>
        checkRejects(
          "a conflict has the actor id and the current version of this actor",
          { actorId },
          store.saveEvent(event(actorId, 1)),
          {
            code: "AETHER_VERSION_CONFLICT",
            actorId,
            currentVersion: versionOf(actorId),
          },
        ),
      );
      await Promise.all(conflicts);
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
