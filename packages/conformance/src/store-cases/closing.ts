import { check, checkRejects } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const refused = { code: "AETHER_STORE_CLOSED" } as const;

export const closing: readonly StoreCase[] = storeCaseGroup("closing", [
  {
    name: "a closed store refuses every call",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("b", 1));
      await store.close();
      for (const { method, run } of declaredCalls(context.supports)) {
        await checkRejects("a call after close is a StoreClosedError", { method }, run(asAnyStore(store)), refused);
      }
      check("its manifest is still there", {
        given: "closed",
        expected: context.supports,
        actual: { ...store.supports },
      });
    },
  },
  {
    name: "a store refuses from the call of close on",
    async run(context) {
      const store = await context.open();
      const closed = store.close();
      const promise = "a call after the call of close is a StoreClosedError";
      await checkRejects(promise, "close() not awaited", store.saveEvent(event("a", 1)), refused);
      await closed;
    },
  },
  {
    name: "an empty batch is refused as well",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      await store.close();
      await checkRejects("a call after close is a StoreClosedError", "saveEvents([])", store.saveEvents([]), refused);
    },
  },
  {
    name: "closing again is allowed",
    async run(context) {
      const store = await context.open();
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store[Symbol.asyncDispose]();
      await checkRejects("it stays closed", "closed four times", store.getEvents("a"), refused);
    },
  },
  {
    name: "disposing closes",
    async run(context) {
      const store = await context.open();
      await store[Symbol.asyncDispose]();
      await checkRejects("a disposed store is closed", "asyncDispose", store.saveEvent(event("a", 1)), refused);
    },
  },
  {
    name: "what is under way is finished",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const saves = range(1, 4).map((writer) => store.saveEvent(event(`actor ${writer}`, 1)));
      const reads = [store.getEvents("a"), store.getLatestVersion("a")] as const;
      const closed = store.close();
      const receipts = await Promise.all(saves);
      const given = "four saves and two reads called, then close()";
      check("saves called before close are answered", { given, expected: 4, actual: receipts.length });
      check("reads called before close are answered", {
        given,
        expected: [events("a", [1]), 1],
        actual: await Promise.all(reads),
      });
      await closed;
      if (!context.supports.durable) return;
      const again = await context.open();
      const stored = await Promise.all(range(1, 4).map((writer) => again.getLatestVersion(`actor ${writer}`)));
      check("what was answered is stored", { given, expected: [1, 1, 1, 1], actual: stored });
    },
  },
]);
