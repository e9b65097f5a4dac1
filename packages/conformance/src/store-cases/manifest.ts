import { type StoreCapability, supports } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls, undeclaredCalls } from "./store-calls.ts";

const capabilities: readonly StoreCapability[] = ["batch", "replayErrors", "streaming", "snapshots"];

export const manifest: readonly StoreCase[] = storeCaseGroup("manifest", [
  {
    name: "the store's manifest is the public one",
    async run(context) {
      const store = await context.open();
      const given = "supports, of the store and as the suite was given it";
      check("store.supports is the public manifest", {
        given,
        expected: { ...context.supports },
        actual: { ...store.supports },
      });
      check("every entry is true or false", {
        given,
        expected: [],
        actual: Object.entries(store.supports).filter(([, value]) => typeof value !== "boolean"),
      });
      check("durable and shared are always said", {
        given,
        expected: ["boolean", "boolean"],
        actual: [typeof store.supports.durable, typeof store.supports.shared],
      });
      for (const capability of capabilities) {
        const expected = context.supports[capability] === true;
        check("supports() asks the manifest", { given: { capability }, expected, actual: supports(store, capability) });
      }
    },
  },
  {
    name: "what is declared is there",
    async run(context) {
      const store = await context.open();
      const methods = [...declaredCalls(context.supports).map(({ method }) => method), "close", Symbol.asyncDispose];
      for (const method of methods) {
        const given = { method: String(method) };
        check("a declared method is there", { given, expected: "function", actual: typeof Reflect.get(store, method) });
      }
    },
  },
  {
    name: "what is not declared is absent, or refuses",
    async run(context) {
      const store = await context.open();
      for (const { method, capability, run } of undeclaredCalls(context.supports)) {
        if (capability === undefined || Reflect.get(store, method) === undefined) continue;
        await checkRejects(
          "a method of a capability that is not declared is absent or rejects with UnsupportedError",
          { method, supports: context.supports },
          run(asAnyStore(store)),
          { code: "AETHER_UNSUPPORTED", capability },
        );
      }
      const given = "every call of capabilities that are not declared";
      check("a method that refuses saves nothing", { given, expected: [], actual: await store.getEvents("a") });
    },
  },
]);
