import { type Event, type EventStore, isAetherError } from "@aether/core";
import { check, checkRejects, checkRejectsWith, settle } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, theme } from "../suite/store-case.ts";
import { anyStore, callsOf } from "./every-call.ts";

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
  const outcome = await settle(call);
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
  const again = await settle(save());
  if (again.status === "rejected") {
    const promise = "saving the same events again stores them or is a conflict with sameEvent";
    const conflict = { code: "AETHER_VERSION_CONFLICT", sameEvent: true } as const;
    await checkRejects(promise, given, Promise.reject(again.reason), conflict);
  }
  check("after saving again they are stored, once", { given, expected: saved, actual: await store.getEvents("a") });
}

export const aborting: readonly StoreCase[] = theme("aborting", [
  {
    name: "a call whose signal is aborted already rejects with its reason, and nothing is written",
    async run(stage) {
      const store = await stage.open();
      for (const given of reasons) {
        const signal = AbortSignal.abort(given);
        for (const { method, run } of callsOf(stage.supports)) {
          await checkRejectsWith(
            "a call with an aborted signal rejects with signal.reason itself",
            { method, reason: given },
            run(anyStore(store), { signal }),
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
    async run(stage) {
      const store = await stage.open();
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
    async run(stage) {
      const store = await stage.open();
      const saved = event("a", 1);
      await checkSettled(store, [saved], (signal) => store.saveEvent(saved, signal === undefined ? {} : { signal }));
    },
  },
  {
    name: "a batch that is aborted on its way says the truth, and saving again settles it",
    needs: ["batch"],
    async run(stage) {
      const store = await stage.open("batch");
      const saved = events("a", [1, 2]);
      await checkSettled(store, saved, (signal) => store.saveEvents(saved, signal === undefined ? {} : { signal }));
    },
  },
  {
    name: "a read that is aborted on its way ends with its reason or its answer",
    async run(stage) {
      const store = await stage.open();
      await store.saveEvent(event("a", 1));
      const reason = new Error("enough");
      const controller = new AbortController();
      const { signal } = controller;
      const calls = [store.getEvents("a", 0, { signal }), store.getLatestVersion("a", { signal })];
      controller.abort(reason);
      for (const [index, call] of calls.entries()) {
        const outcome = await settle(call);
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
