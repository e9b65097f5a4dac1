import type { CallOptions } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls } from "./store-calls.ts";

const guarantee = "a call whose signal is not an AbortSignal rejects with InvalidArgumentError";
const badOptions: readonly unknown[] = [null, 5, "abort"];
const badSignals: readonly unknown[] = [5, null, "abort", true, {}, { aborted: true }, new Event("abort"), () => {}];

export const invalidSignals: readonly StoreCase[] = storeCaseGroup("invalid input", [
  {
    name: "a signal that is not an AbortSignal is rejected, even by a closed store",
    async run(context) {
      const store = await context.open();
      const expected = { code: "AETHER_INVALID_ARGUMENT", argument: "options.signal" } as const;
      for (const { method, run } of declaredCalls(context.supports)) {
        for (const signal of badSignals) {
          const call = run(asAnyStore(store), { signal } as CallOptions);
          await checkRejects(guarantee, { method, signal }, call, expected);
        }
      }
      for (const { method, run } of declaredCalls(context.supports)) {
        for (const options of badOptions) {
          const call = run(asAnyStore(store), options as CallOptions);
          await checkRejects(
            "a call whose options are not an object rejects with InvalidArgumentError",
            { method, options },
            call,
            {
              code: "AETHER_INVALID_ARGUMENT",
            },
          );
        }
      }
      check("a call with an invalid signal stores nothing", {
        given: "every call, with invalid signals",
        expected: [],
        actual: await store.getEvents("a"),
      });
      await store.close();
      for (const { method, run } of declaredCalls(context.supports)) {
        const call = run(asAnyStore(store), { signal: 5 } as unknown as CallOptions);
        await checkRejects(guarantee, { method, signal: 5, closed: true }, call, expected);
      }
    },
  },
]);
