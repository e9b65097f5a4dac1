import { check, checkRejects } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const storeClosed = { code: "AETHER_STORE_CLOSED" } as const;

export const closing: readonly StoreCase[] = storeCaseGroup("closing", [
  {
    name: "a closed store rejects every call",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("b", 1));
      await store.close();
      for (const { method, run } of declaredCalls(context.supports)) {
        await checkRejects(
          "a call after close rejects with StoreClosedError",
          { method },
          run(asAnyStore(store)),
          storeClosed,
        );
      }
      check("supports can still be read after close", {
        given: "closed",
        expected: context.supports,
        actual: { ...store.supports },
      });
    },
  },
  {
    name: "a store rejects calls as soon as close is called",
    async run(context) {
      const store = await context.open();
      const closed = store.close();
      const guarantee = "a call rejects with StoreClosedError even if close has not resolved";
      await checkRejects(guarantee, "close() not awaited", store.saveEvent(event("a", 1)), storeClosed);
      await closed;
    },
  },
  {
    name: "a closed store rejects an empty batch",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      await store.close();
      await checkRejects(
        "a call after close rejects with StoreClosedError",
        "saveEvents([])",
        store.saveEvents([]),
        storeClosed,
      );
    },
  },
  {
    name: "close may be called more than once",
    async run(context) {
      const store = await context.open();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store[Symbol.asyncDispose]();
      await checkRejects("a closed store stays closed", "closed four times", store.getEvents("a"), storeClosed);
    },
  },
  {
    name: "disposing a store closes it",
    async run(context) {
      const store = await context.open();
      await store[Symbol.asyncDispose]();
      await checkRejects(
        "a disposed store rejects with StoreClosedError",
        "asyncDispose",
        store.saveEvent(event("a", 1)),
        storeClosed,
      );
    },
  },
  {
    name: "close finishes the calls in flight",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const saves = range(1, 4).map((writer) => store.saveEvent(event(`actor ${writer}`, 1)));
      const reads = [store.getEvents("a"), store.getLatestVersion("a")] as const;
      const closed = store.close();
      const receipts = await Promise.all(saves);
      const given = "four saves and two reads in flight, then close()";
      check("saves that were called before close succeed", { given, expected: 4, actual: receipts.length });
      check("reads that were called before close return their results", {
        given,
        expected: [events("a", [1]), 1],
        actual: await Promise.all(reads),
      });
      await closed;
      if (!context.supports.durable) return;
      const again = await context.open();
      const stored = await Promise.all(range(1, 4).map((writer) => again.getLatestVersion(`actor ${writer}`)));
      check("events that were acknowledged during close are stored", { given, expected: [1, 1, 1, 1], actual: stored });
    },
  },
]);
