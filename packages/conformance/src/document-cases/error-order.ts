import type { Revision } from "@aether/core";
import { checkRejects, checkRejectsWith } from "../checks/check.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, declaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION } from "./reading.ts";

const name = [COLLECTION, "a"] as const;
const aborted = AbortSignal.abort(new Error("enough"));
const options = { signal: aborted };
const expected = { code: "AETHER_INVALID_ARGUMENT" } as const;

export const errorOrder: readonly DocumentCase[] = documentCaseGroup("order of errors", [
  {
    name: "invalid input is reported before a closed store",
    async run(context) {
      const store = await context.open();
      await store.close();
      for (const { method, runInvalid } of declaredDocumentCalls(context.supports)) {
        const guarantee = "invalid input is reported before a closed store";
        await checkRejects(guarantee, { method }, runInvalid(asAnyDocumentStore(store)), expected);
      }
    },
  },
  {
    name: "invalid input is reported before an aborted signal",
    async run(context) {
      const store = await context.open();
      for (const { method, runInvalid } of declaredDocumentCalls(context.supports)) {
        const guarantee = "invalid input is reported before an aborted signal";
        await checkRejects(guarantee, { method }, runInvalid(asAnyDocumentStore(store), options), expected);
      }
    },
  },
  {
    name: "a closed store is reported before an aborted signal",
    async run(context) {
      const store = await context.open();
      await store.close();
      for (const { method, run } of declaredDocumentCalls(context.supports)) {
        const guarantee = "a closed store is reported before an aborted signal";
        const code = "AETHER_STORE_CLOSED";
        await checkRejects(guarantee, { method }, run(asAnyDocumentStore(store), options), { code });
      }
    },
  },
  {
    name: "a conflict is reported last",
    async run(context) {
      const store = await context.open();
      await store.putDocument(...name, { n: 1 });
      const taken = { expectedRevision: "absent" as const };
      const invalid = store.putDocument(...name, { price: Number.NaN }, taken);
      await checkRejects("invalid input is reported before a conflict", "putDocument", invalid, expected);
      const bad = store.deleteDocument(...name, { expectedRevision: "no revision" as Revision, signal: aborted });
      await checkRejects("invalid input is reported before an aborted signal", "deleteDocument", bad, expected);
      for (const [call, write] of [
        ["putDocument", () => store.putDocument(...name, {}, { ...taken, signal: aborted })],
        ["deleteDocument", () => store.deleteDocument(...name, { ...taken, signal: aborted })],
      ] as const) {
        const guarantee = "an aborted signal is reported before a conflict";
        await checkRejectsWith(guarantee, call, write(), aborted.reason);
      }
      await store.close();
      const closed = { code: "AETHER_STORE_CLOSED" } as const;
      await checkRejects(
        "a closed store is reported before a conflict",
        "put",
        store.putDocument(...name, {}, taken),
        closed,
      );
    },
  },
]);
