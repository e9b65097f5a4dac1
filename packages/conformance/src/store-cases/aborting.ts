import { check, checkRejectsWith, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { collect, event, events, range } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text", undefined, null, 0, "", false];

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
    name: "an empty batch with an aborted signal rejects with signal.reason",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      const signal = AbortSignal.abort(new Error("enough"));
      await checkRejectsWith(
        "a call with an aborted signal rejects with signal.reason itself",
        "saveEvents([])",
        store.saveEvents([], { signal }),
        signal.reason,
      );
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
    name: "no listener is left on a signal after its calls have ended",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("b", range(1, 20)));
      for (const { method, run, runInvalid } of declaredCalls(context.supports)) {
        const watched = watchedSignal();
        const options = { signal: watched.signal };
        // Of the saves, the first one succeeds and the others get conflicts.
        for (const call of [run, run, runInvalid]) await outcomeOf(call(asAnyStore(store), options));
        if (method === "readEvents") {
          for await (const _ of asAnyStore(store).readEvents("b", options)) break;
          await collect(asAnyStore(store).readEvents("b", { ...options, direction: "backward" }));
        }
        await nextTurn();
        check("no listener is left on a signal after its calls have ended", {
          given: { method, calls: "three calls with the same signal, which have ended" },
          expected: { listeners: 0 },
          actual: { listeners: watched.listeners() },
        });
      }
    },
  },
]);
