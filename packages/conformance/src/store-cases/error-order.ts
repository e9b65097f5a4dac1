import { check, checkRejects, checkRejectsWith } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const aborted = AbortSignal.abort(new Error("enough"));
const options = { signal: aborted };

export const errorOrder: readonly StoreCase[] = storeCaseGroup("order of errors", [
  {
    name: "invalid input is reported before a closed store",
    async run(context) {
      const store = await context.open();
      await store.close();
      for (const { method, runInvalid, invalidCode } of declaredCalls(context.supports)) {
        const call = runInvalid(asAnyStore(store));
        await checkRejects("invalid input is reported before a closed store", { method }, call, { code: invalidCode });
      }
    },
  },
  {
    name: "invalid input is reported before an aborted signal",
    async run(context) {
      const store = await context.open();
      for (const { method, runInvalid, invalidCode } of declaredCalls(context.supports)) {
        const call = runInvalid(asAnyStore(store), options);
        await checkRejects("invalid input is reported before an aborted signal", { method }, call, {
          code: invalidCode,
        });
      }
    },
  },
  {
    name: "a closed store is reported before an aborted signal",
    async run(context) {
      const store = await context.open();
      await store.close();
      for (const { method, run } of declaredCalls(context.supports)) {
        const call = run(asAnyStore(store), options);
        const code = "AETHER_STORE_CLOSED";
        await checkRejects("a closed store is reported before an aborted signal", { method }, call, { code });
      }
    },
  },
  {
    name: "a closed store and an aborted signal are reported before an event that is too large",
    async run(context) {
      const store = await context.open();
      const large = event("a", 1, { data: { text: "x".repeat(2 * 1_024 * 1_024) } });
      const attempts = [
        { call: "saveEvent", save: () => store.saveEvent(large, options) },
        ...(context.supports.batch
          ? [{ call: "saveEvents", save: () => asAnyStore(store).saveEvents([large, event("a", 2)], options) }]
          : []),
      ];
      for (const { call, save } of attempts) {
        await checkRejectsWith(
          "an aborted signal is reported before an event that is too large",
          { call, event: "an event of 2 MiB" },
          save(),
          aborted.reason,
        );
      }
      await store.close();
      for (const { call, save } of attempts) {
        const given = { call, event: "an event of 2 MiB" };
        const guarantee = "a closed store is reported before an event that is too large";
        await checkRejects(guarantee, given, save(), { code: "AETHER_STORE_CLOSED" });
      }
    },
  },
  {
    name: "a conflict is reported last",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1));
      const taken = event("a", 1, { id: "another" });
      const bad = { ...taken, data: { price: Number.NaN } };
      await checkRejects("invalid input is reported before a conflict", bad, store.saveEvent(bad), {
        code: "AETHER_INVALID_EVENT",
        path: "data.price",
      });
      const call = store.saveEvent(taken, options);
      await checkRejectsWith("an aborted signal is reported before a conflict", taken, call, aborted.reason);
      await store.close();
      await checkRejects("a closed store is reported before a conflict", taken, store.saveEvent(taken), {
        code: "AETHER_STORE_CLOSED",
      });
    },
  },
  {
    name: "for a batch, invalid input is reported before a conflict",
    needs: ["batch"],
    async run(context) {
      const store = await context.open("batch");
      await store.saveEvent(event("a", 1));
      const batches = [
        { batch: [event("a", 1, { id: "x" }), event("a", 2, { data: { price: Number.NaN } })], path: "[1].data.price" },
        { batch: [event("a", 1, { id: "x" }), event("a", 1, { id: "y" })], path: "[1].version" },
        { batch: [event("a", 1, { id: "x" }), event("b", 2)], path: "[1].actorId" },
      ];
      for (const { batch, path } of batches) {
        await checkRejects("invalid input is reported before a conflict", batch, store.saveEvents(batch), {
          code: "AETHER_INVALID_EVENT",
          path,
        });
      }
      check("a rejected batch stores nothing", {
        given: batches,
        expected: [event("a", 1)],
        actual: await store.getEvents("a"),
      });
    },
  },
]);
