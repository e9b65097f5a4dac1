import { type CallOptions, type Event, type EventStore, isAetherError } from "@aether/core";
import { check, checkRejects, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { ConformanceError } from "../checks/conformance-error.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text", undefined];

/**
 * Aborts a save in flight and checks that it reports its true outcome: stored, not stored, or unknown. Then checks that
 * the events are stored exactly once after they have been saved again.
 */
async function checkAbortInFlight(
  store: EventStore,
  events: readonly Event[],
  save: (options?: CallOptions) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("enough");
  const call = save({ signal: controller.signal });
  controller.abort(reason);
  const outcome = await outcomeOf(call);
  const given = { saving: versionsOf(events), aborted: "after the call" };
  if (outcome.status === "rejected") await checkRejection(store, events, given, outcome.reason, reason);
  const repeated = await outcomeOf(save());
  if (repeated.status === "rejected") {
    await checkRejects(
      "saving the same events again resolves, or rejects with sameEvent: true",
      given,
      Promise.reject(repeated.reason),
      { code: "AETHER_VERSION_CONFLICT", sameEvent: true },
    );
  }
  check("after saving them again, the events are stored exactly once", {
    given,
    expected: events,
    actual: await store.getEvents("a"),
  });
}

/** Checks that the error of an aborted save matches the stored events. */
async function checkRejection(
  store: EventStore,
  events: readonly Event[],
  given: unknown,
  error: unknown,
  reason: Error,
): Promise<void> {
  if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) {
    const { actorId, eventIds, cause } = error;
    check("OutcomeUnknownError has the actor id, the ids of the events, and signal.reason as its cause", {
      given,
      expected: { actorId: "a", eventIds: events.map(({ id }) => id), causeIsReason: true },
      actual: { actorId, eventIds: [...eventIds], causeIsReason: cause === reason },
    });
  } else if (error === reason) {
    check("a save that rejects with signal.reason has stored nothing", {
      given,
      expected: [],
      actual: await store.getEvents("a"),
    });
  } else {
    throw new ConformanceError({
      guarantee: "a save that is aborted in flight resolves, or rejects with signal.reason or OutcomeUnknownError",
      given,
      expected: "a receipt, signal.reason, or an OutcomeUnknownError",
      actual: error,
      cause: error,
    });
  }
}

export const aborting: readonly StoreCase[] = storeCaseGroup("aborting", [
  {
    name: "a call with an aborted signal rejects with signal.reason and stores nothing",
    async run(context) {
      const store = await context.open();
      for (const reason of reasons) {
        const signal = AbortSignal.abort(reason);
        for (const { method, run } of declaredCalls(context.supports)) {
          await checkRejectsWith(
            "a call with an aborted signal rejects with signal.reason itself",
            { method, reason },
            run(asAnyStore(store), { signal }),
            signal.reason,
          );
        }
      }
      const given = "every call, with an aborted signal";
      check("a call with an aborted signal stores nothing", {
        given,
        expected: [],
        actual: await store.getEvents("a"),
      });
      check("a call with an aborted signal takes no version", {
        given,
        expected: 0,
        actual: await store.getLatestVersion("a"),
      });
    },
  },
  {
    name: "a signal that is never aborted, or only after the call has ended, changes nothing",
    async run(context) {
      const store = await context.open();
      const controller = new AbortController();
      const { signal } = controller;
      await store.saveEvent(event("a", 1), { signal });
      const read = await store.getEvents("a", 0, { signal });
      controller.abort(new Error("too late"));
      const given = "a signal that is aborted after the calls have ended";
      check("getEvents with a signal returns the events", { given, expected: events("a", [1]), actual: read });
      check("an event stays stored when its signal is aborted after the save", {
        given,
        expected: events("a", [1]),
        actual: await store.getEvents("a"),
      });
      await store.saveEvent(event("a", 2), {});
      check("the store still saves and reads events", {
        given,
        expected: 2,
        actual: await store.getLatestVersion("a"),
      });
    },
  },
  {
    name: "a save that is aborted in flight reports its true outcome, and can be repeated",
    async run(context) {
      const store = await context.open();
      const saved = event("a", 1);
      await checkAbortInFlight(store, [saved], (options) => store.saveEvent(saved, options));
    },
  },
  {
    name: "a batch that is aborted in flight reports its true outcome, and can be repeated",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const saved = events("a", [1, 2]);
      await checkAbortInFlight(store, saved, (options) => store.saveEvents(saved, options));
    },
  },
  {
    name: "a read that is aborted in flight returns the complete result, or rejects with signal.reason",
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
          check("a read that is aborted in flight rejects with signal.reason", {
            given,
            expected: reason,
            actual: outcome.reason,
          });
        } else {
          check("a read that is aborted in flight, and resolves, returns the complete result", {
            given,
            expected: [events("a", [1]), 1][index],
            actual: outcome.value,
          });
        }
      }
    },
  },
]);
