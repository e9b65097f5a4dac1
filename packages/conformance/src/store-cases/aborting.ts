import { type Event, type EventStore, isAetherError } from "@aether/core";
import { check, checkRejects, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text", undefined];

/**
 * Checks that a save which was aborted on its way says the truth: it is stored, it is not, or that is unknown; and that
 * saving the same events again settles the matter.
 */
async function checkSettled(
  store: EventStore,
  saved: readonly Event[],
  save: (signal?: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("enough");
  const call = save(controller.signal);
  controller.abort(reason);
  const outcome = await outcomeOf(call);
  const given = { saved: versionsOf(saved), aborted: "after the call" };
  if (outcome.status === "rejected") {
    const { reason: seen } = outcome;
    if (isAetherError(seen, "AETHER_OUTCOME_UNKNOWN")) {
      const { actorId, eventIds, cause } = seen;
      check("an unknown outcome has the events and the reason", {
        given,
        expected: { actorId: "a", eventIds: saved.map(({ id }) => id), causeIsReason: true },
        actual: { actorId, eventIds: [...eventIds], causeIsReason: cause === reason },
      });
    } else if (seen === reason) {
      check("a save that rejects with signal.reason stored nothing", {
        given,
        expected: [],
        actual: await store.getEvents("a"),
      });
    } else {
      const expected = "signal.reason, an OutcomeUnknownError, or a receipt";
      throw new ConformanceError({ promise: "a save says how it ended", given, expected, actual: seen, cause: seen });
    }
  }
  const again = await outcomeOf(save());
  if (again.status === "rejected") {
    const promise = "saving the same events again stores them or is a conflict with sameEvent";
    const conflict = { code: "AETHER_VERSION_CONFLICT", sameEvent: true } as const;
    await checkRejects(promise, given, Promise.reject(again.reason), conflict);
  }
  check("after saving again they are stored, once", { given, expected: saved, actual: await store.getEvents("a") });
}

export const aborting: readonly StoreCase[] = storeCaseGroup("aborting", [
  {
    name: "a call whose signal is aborted already rejects with its reason, and nothing is written",
    async run(context) {
      const store = await context.open();
      for (const given of reasons) {
        const signal = AbortSignal.abort(given);
        for (const { method, run } of declaredCalls(context.supports)) {
          await checkRejectsWith(
            "a call with an aborted signal rejects with signal.reason itself",
            { method, reason: given },
            run(asAnyStore(store), { signal }),
            signal.reason,
          );
        }
      }
      const given = "every call, with an aborted signal";
      check("nothing was written", { given, expected: [], actual: await store.getEvents("a") });
      check("no version is taken", { given, expected: 0, actual: await store.getLatestVersion("a") });
    },
  },
  {
    name: "a signal that is not aborted, or later, changes nothing",
    async run(context) {
      const store = await context.open();
      const controller = new AbortController();
      const { signal } = controller;
      await store.saveEvent(event("a", 1), { signal });
      const read = await store.getEvents("a", 0, { signal });
      controller.abort(new Error("too late"));
      const given = "a signal that was aborted after the call";
      check("a read with a signal is a read", { given, expected: events("a", [1]), actual: read });
      check("what was saved stays", { given, expected: events("a", [1]), actual: await store.getEvents("a") });
      await store.saveEvent(event("a", 2), {});
      check("the store goes on", { given, expected: 2, actual: await store.getLatestVersion("a") });
    },
  },
  {
    name: "a save that is aborted on its way says the truth, and saving again settles it",
    async run(context) {
      const store = await context.open();
      const saved = event("a", 1);
      await checkSettled(store, [saved], (signal) => store.saveEvent(saved, signal === undefined ? {} : { signal }));
    },
  },
  {
    name: "a batch that is aborted on its way says the truth, and saving again settles it",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const saved = events("a", [1, 2]);
      await checkSettled(store, saved, (signal) => store.saveEvents(saved, signal === undefined ? {} : { signal }));
    },
  },
  {
    name: "a read that is aborted on its way ends with its reason or its answer",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const reason = new Error("enough");
      const controller = new AbortController();
      const { signal } = controller;
      const calls = [store.getEvents("a", 0, { signal }), store.getLatestVersion("a", { signal })];
      controller.abort(reason);
      for (const [index, call] of calls.entries()) {
        const outcome = await outcomeOf(call);
        const given = { method: index === 0 ? "getEvents" : "getLatestVersion", aborted: "after the call" };
        if (outcome.status === "rejected") {
          check("a read that is aborted rejects with signal.reason", {
            given,
            expected: reason,
            actual: outcome.reason,
          });
        } else {
          check("a read that is aborted on its way, and not refused, is whole", {
            given,
            expected: [events("a", [1]), 1][index],
            actual: outcome.value,
          });
        }
      }
    },
  },
]);
