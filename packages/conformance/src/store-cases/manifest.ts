import { type StoreCapability, supports } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { checkMethods } from "../checks/check-methods.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { asAnyStore, declaredCalls, undeclaredCalls } from "./store-calls.ts";

const capabilities: readonly StoreCapability[] = ["batch", "replayErrors", "streaming", "snapshots", "feed", "listing"];

export const manifest: readonly StoreCase[] = storeCaseGroup("manifest", [
  {
    name: "store.supports equals the public manifest",
    async run(context) {
      const store = await context.open();
      const given = "supports of the store, and the manifest that the suite was given";
      check("store.supports equals the public manifest", {
        given,
        expected: { ...context.supports },
        actual: { ...store.supports },
      });
      check("every value in the manifest is a boolean", {
        given,
        expected: [],
        actual: Object.entries(store.supports).filter(([, value]) => typeof value !== "boolean"),
      });
      check("the manifest declares durable and shared", {
        given,
        expected: ["boolean", "boolean"],
        actual: [typeof store.supports.durable, typeof store.supports.shared],
      });
      for (const capability of capabilities) {
        const expected = context.supports[capability] === true;
        check("supports(store, capability) returns the value in the manifest", {
          given: { capability },
          expected,
          actual: supports(store, capability),
        });
      }
    },
  },
  {
    name: "the methods of declared capabilities exist",
    async run(context) {
      const store = await context.open();
      const methods = declaredCalls(context.supports).map(({ method }) => method);
      checkMethods(store, methods);
    },
  },
  {
    name: "the methods of undeclared capabilities are absent, or reject with UnsupportedError",
    async run(context) {
      const store = await context.open();
      for (const { method, capability, run } of undeclaredCalls(context.supports)) {
        if (capability === undefined || Reflect.get(store, method) === undefined) continue;
        await checkRejects(
          "a method of an undeclared capability is absent, or rejects with UnsupportedError",
          { method, supports: context.supports },
          run(asAnyStore(store)),
          { code: "AETHER_UNSUPPORTED", capability },
        );
      }
      const given = "every method of the undeclared capabilities";
      check("a method that rejects with UnsupportedError stores nothing", {
        given,
        expected: [],
        actual: await store.getEvents("a"),
      });
    },
  },
]);
