import { isAetherError } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

/** Number of calls of each kind that fail. Connection pools are often smaller. */
const ROUNDS = 24;

export const failingCalls: readonly StoreCase[] = storeCaseGroup("races", [
  {
    name: "a save that fails does not affect saves of other actors at the same time",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("taken", 1));
      const controller = new AbortController();
      const text = "0123456789abcdef".repeat(128 * 1_024);
      const good = (prefix: string) => range(1, 4).map((n) => store.saveEvent(event(`${prefix} ${n}`, 1)));
      const before = good("before");
      const failing = [
        store.saveEvent(event("taken", 1, { id: "another" })),
        store.saveEvent(event("large", 1, { data: { text } })),
        store.saveEvent(event("invalid", 0)),
        store.saveEvent(event("aborted", 1), { signal: controller.signal }),
      ].map(outcomeOf);
      const after = good("after");
      controller.abort(new Error("enough"));
      const saves = await Promise.all([...before, ...after].map(outcomeOf));
      check("a save does not fail because of a save of another actor", {
        given: "four saves; then a conflict, a large event, an invalid event and an aborted save; then four saves",
        expected: saves.map(() => "stored"),
        actual: saves.map((outcome) => (outcome.status === "fulfilled" ? "stored" : outcome.reason)),
      });
      const [taken, large] = await Promise.all(failing);
      check("a save gets its own error, beside other saves", {
        given: "a conflict of the actor taken",
        expected: { code: "AETHER_VERSION_CONFLICT", actorId: "taken" },
        actual:
          taken?.status === "rejected" && isAetherError(taken.reason, "AETHER_VERSION_CONFLICT")
            ? { code: taken.reason.code, actorId: taken.reason.actorId }
            : taken,
      });
      check("an event is stored if, and only if, its save has succeeded", {
        given: "an event of 2 MiB, beside other saves",
        expected: large?.status === "fulfilled" ? 1 : 0,
        actual: await store.getLatestVersion("large"),
      });
    },
  },
  {
    name: "a store still works after many calls that have failed",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const options = { signal: AbortSignal.abort(new Error("enough")) };
      for (const { method, run, runInvalid } of declaredCalls(context.supports)) {
        for (let round = 0; round < ROUNDS; round++) {
          await Promise.all([outcomeOf(run(asAnyStore(store), options)), outcomeOf(runInvalid(asAnyStore(store)))]);
        }
        check("getLatestVersion returns the latest version after many calls that have failed", {
          given: { method, aborted: ROUNDS, invalid: ROUNDS },
          expected: 1,
          actual: await store.getLatestVersion("a"),
        });
      }
      for (let round = 0; round < ROUNDS; round++) {
        await checkRejects(
          "a version up to the latest is rejected with a conflict, however often",
          { round },
          store.saveEvent(event("a", 1, { id: "another" })),
          { code: "AETHER_VERSION_CONFLICT", currentVersion: 1, sameEvent: false },
        );
      }
      await store.saveEvent(event("a", 2));
      check("getEvents returns every event after many calls that have failed", {
        given: { saved: [1, 2], conflicts: ROUNDS },
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
    },
  },
]);
