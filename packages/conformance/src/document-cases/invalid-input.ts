import type { CallOptions, DocumentListOptions, DocumentWriteOptions } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { collect } from "../samples/events.ts";
import { type InvalidValue, invalidValuesByGuarantee } from "../samples/invalid-values.ts";
import { type DocumentCase, type DocumentCaseDefinition, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, CALLED, declaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION, checkStored } from "./reading.ts";

const name = [COLLECTION, "a"] as const;
const code = "AETHER_INVALID_ARGUMENT";
const badOptions: readonly unknown[] = [null, 5, "abort"];
const badSignals: readonly unknown[] = [5, null, "abort", true, {}, { aborted: true }, () => {}];

/** Puts each value. Checks that it is rejected, and that the document remains unchanged. */
function rejects(guarantee: string, values: readonly InvalidValue[]): DocumentCaseDefinition {
  return {
    name: guarantee,
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 });
      for (const { value, path } of values) {
        const argument = `value${path}`;
        for (const id of ["a", "new"]) {
          const put = store.putDocument(COLLECTION, id, value as object);
          await checkRejects(guarantee, { value }, put, { code, argument });
        }
        if (context.supports.atomic !== true) continue;
        const write = { type: "put", collection: COLLECTION, id: "new", value: value as object } as const;
        const writes = [{ ...write, id: "other", value: {} }, write];
        const written = asAnyDocumentStore(store).writeDocuments(writes);
        await checkRejects(guarantee, { writes }, written, { code, argument: `writes[1].${argument}` });
      }
      await checkStored(store, "puts that were rejected", name, { value: { n: 1 }, revision });
      for (const id of ["new", "other"]) {
        await checkStored(store, "puts that were rejected", [COLLECTION, id], undefined);
      }
    },
  };
}

export const invalidInput: readonly DocumentCase[] = documentCaseGroup("invalid input", [
  ...Object.entries(invalidValuesByGuarantee).map(([guarantee, values]) => rejects(guarantee, values)),
  {
    name: "an expected revision that the store cannot have given is rejected",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 });
      const bad: readonly unknown[] = [
        ...["", "nonsense", "Absent", "absent ", "*", "undefined", "\u0000", "-1", `${revision}!`, ` ${revision}`],
        ...["x".repeat(10_000), `${revision} or absent`, "\ud800", null, 5, 0, true, {}, [revision]],
      ];
      for (const expectedRevision of bad) {
        const guarantee = "an expected revision that the store cannot have given is rejected";
        const expected = { code, argument: "options.expectedRevision" } as const;
        const options = { expectedRevision } as DocumentWriteOptions;
        for (const id of ["a", "none"]) {
          const put = store.putDocument(COLLECTION, id, { n: 2 }, options);
          await checkRejects(guarantee, { call: "putDocument", expectedRevision }, put, expected);
          const deletion = store.deleteDocument(COLLECTION, id, options);
          await checkRejects(guarantee, { call: "deleteDocument", expectedRevision }, deletion, expected);
        }
      }
      await checkStored(store, "writes that were rejected", name, { value: { n: 1 }, revision });
    },
  },
  {
    name: "a prefix that is not a well-formed text is rejected by the loop",
    async run(context) {
      const store = await context.open();
      const any = asAnyDocumentStore(store);
      for (const idPrefix of [null, 5, {}, ["a"], "\ud800", "a\udfffb"]) {
        const guarantee = "a prefix that is not a well-formed text is rejected with InvalidArgumentError";
        const expected = { code, argument: "options.idPrefix" } as const;
        const options = { idPrefix } as DocumentListOptions;
        await checkRejects(guarantee, { idPrefix }, collect(store.listDocuments(COLLECTION, options)), expected);
        if (context.supports.watch !== true) continue;
        const watch = any.watchDocuments(COLLECTION, options);
        await checkRejects(guarantee, { idPrefix, watch: true }, collect(watch), expected);
      }
    },
  },
  {
    name: "options and signals of another type are rejected",
    async run(context) {
      const store = await context.open();
      for (const { method, run } of declaredDocumentCalls(context.supports)) {
        for (const signal of badSignals) {
          await checkRejects(
            "a call whose signal is not an AbortSignal rejects with InvalidArgumentError",
            { method, signal },
            run(asAnyDocumentStore(store), { signal } as CallOptions),
            { code, argument: "options.signal" },
          );
        }
        for (const options of badOptions) {
          await checkRejects(
            "a call whose options are not an object rejects with InvalidArgumentError",
            { method, options },
            run(asAnyDocumentStore(store), options as CallOptions),
            { code },
          );
        }
      }
      check("a call with invalid options writes nothing", {
        given: "every call, with invalid options",
        expected: undefined,
        actual: await store.getDocument(COLLECTION, CALLED),
      });
    },
  },
]);
