import { isVersionConflictError } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

export const conflicts: readonly StoreCase[] = storeCaseGroup("conflicts", [
  {
    name: "a version up to the latest is rejected with a conflict",
    async run(context) {
      const store = await context.open();
      const saved = [event("a", 1), event("a", 4)];
      for (const each of saved) await store.saveEvent(each);
      for (const attemptedVersion of [1, 2, 3, 4]) {
        const given = { saved: [1, 4], attemptedVersion };
        const error = await checkRejects(
          "saveEvent rejects a version up to the latest with VersionConflictError",
          given,
          store.saveEvent(event("a", attemptedVersion, { id: "another", data: { other: true } })),
          { code: "AETHER_VERSION_CONFLICT", actorId: "a", attemptedVersion, currentVersion: 4, sameEvent: false },
        );
        check("isVersionConflictError returns true for the error", {
          given,
          expected: true,
          actual: isVersionConflictError(error),
        });
      }
      const given = { saved: [1, 4], rejected: [1, 2, 3, 4] };
      check("a save that gets a conflict stores nothing", {
        given,
        expected: saved,
        actual: await store.getEvents("a"),
      });
      check("a save that gets a conflict does not change the latest version", {
        given,
        expected: 4,
        actual: await store.getLatestVersion("a"),
      });
    },
  },
  {
    name: "sameEvent is true if this event is already stored at this version",
    async run(context) {
      const store = await context.open();
      const saved = [event("a", 1, { id: "first" }), event("a", 3, { id: "third" }), event("b", 1, { id: "b-first" })];
      for (const each of saved) await store.saveEvent(each);
      const attempts = [
        { id: "first", version: 1, sameEvent: true },
        { id: "third", version: 3, sameEvent: true },
        { id: "first", version: 3, sameEvent: false },
        { id: "third", version: 1, sameEvent: false },
        { id: "third", version: 2, sameEvent: false },
        { id: "First", version: 1, sameEvent: false },
        { id: "b-first", version: 1, sameEvent: false },
        { id: undefined, version: 1, sameEvent: false },
      ];
      for (const { id, version, sameEvent } of attempts) {
        const { id: _, ...bare } = event("a", version);
        await checkRejects(
          "sameEvent is true if, and only if, the event at the attempted version has this id",
          { saved: { "1": "first", "3": "third" }, attempted: { version, id } },
          store.saveEvent(id === undefined ? bare : { ...bare, id }),
          { code: "AETHER_VERSION_CONFLICT", attemptedVersion: version, currentVersion: 3, sameEvent },
        );
      }
    },
  },
  {
    name: "sameEvent compares events by id only",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1, { id: "x", data: { price: 1 } }));
      const again = event("a", 1, { id: "x", data: { price: 2 }, timestamp: "2025-01-01T00:00:00Z" });
      await checkRejects(
        "sameEvent is true for the same id, even if data and timestamp differ",
        { saved: { id: "x", data: { price: 1 } }, attempted: again },
        store.saveEvent(again),
        { code: "AETHER_VERSION_CONFLICT", sameEvent: true },
      );
      check("a save with the id of a stored event does not overwrite it", {
        given: again,
        expected: [event("a", 1, { id: "x", data: { price: 1 } })],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "after a conflict, the next version is accepted",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const attempt = store.saveEvent(event("a", 1, { id: "another" }));
      const { currentVersion } = await checkRejects(
        "saveEvent rejects a taken version with VersionConflictError",
        { attempted: 1 },
        attempt,
        {
          code: "AETHER_VERSION_CONFLICT",
          currentVersion: 1,
        },
      );
      await store.saveEvent(event("a", currentVersion + 1, { id: "another" }));
      check("an event that got a conflict is accepted at currentVersion + 1", {
        given: { currentVersion },
        expected: [event("a", 1), event("a", 2, { id: "another" })],
        actual: await store.getEvents("a"),
      });
    },
  },
]);
