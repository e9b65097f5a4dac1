import { check, checkRejects } from "../checks/check.ts";
import { checkMethods } from "../checks/check-methods.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, CALLED, declaredDocumentCalls, undeclaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION } from "./reading.ts";

export const manifest: readonly DocumentCase[] = documentCaseGroup("manifest", [
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
      const { durable, shared, atomic = false, watch = false } = store.supports;
      check("every value in the manifest is a boolean", {
        given,
        expected: Array(4).fill("boolean"),
        actual: [durable, shared, atomic, watch].map((value) => typeof value),
      });
    },
  },
  {
    name: "the methods of every store and of declared capabilities exist",
    async run(context) {
      const store = await context.open();
      const methods = declaredDocumentCalls(context.supports).map(({ method }) => method);
      checkMethods(store, methods);
    },
  },
  {
    name: "the methods of undeclared capabilities are absent, or reject with UnsupportedError",
    async run(context) {
      const store = await context.open();
      for (const { method, capability, run } of undeclaredDocumentCalls(context.supports)) {
        if (capability === undefined || Reflect.get(store, method) === undefined) continue;
        await checkRejects(
          "a method of an undeclared capability is absent, or rejects with UnsupportedError",
          { method, supports: context.supports },
          run(asAnyDocumentStore(store)),
          { code: "AETHER_UNSUPPORTED", capability },
        );
      }
      check("a method that rejects with UnsupportedError writes nothing", {
        given: "every method of the undeclared capabilities",
        expected: undefined,
        actual: await store.getDocument(COLLECTION, CALLED),
      });
    },
  },
]);
