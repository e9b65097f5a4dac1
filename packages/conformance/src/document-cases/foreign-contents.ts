import { check, checkRejects } from "../checks/check.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkStored, listed, putAll, sorted } from "./reading.ts";

const texts = ["no JSON", "", "null", "7", '"text"', "[]", '{"n":', "true"];

export const foreignContents: readonly DocumentCase[] = documentCaseGroup("contents of other programs", [
  {
    name: "a value that is not a JSON object is an error of its document only",
    needsDamage: "malformedValue",
    async run(context) {
      const store = await context.open();
      const documents = sorted(await putAll(store, ["a", "b"]));
      for (const [index, text] of texts.entries()) {
        const id = `malformed ${index}`;
        if (!(await context.malformedValue(COLLECTION, id, text))) continue;
        const guarantee = "a read of a value that is not a JSON object rejects with InvalidDocumentError";
        const expected = { code: "AETHER_INVALID_DOCUMENT", collection: COLLECTION, id } as const;
        await checkRejects(guarantee, { text }, store.getDocument(COLLECTION, id), expected);
        const actual = await listed(store, COLLECTION);
        check("a list leaves out what cannot be read", { given: { text }, expected: documents, actual });
      }
    },
  },
  {
    name: "a document whose value is not a JSON object can be replaced and deleted",
    needsDamage: "malformedValue",
    async run(context) {
      const store = await context.open();
      for (const id of ["replaced", "deleted"]) if (!(await context.malformedValue(COLLECTION, id, "no JSON"))) return;
      const revision = await store.putDocument(COLLECTION, "replaced", { n: 1 });
      await checkStored(store, "a replaced value", [COLLECTION, "replaced"], { value: { n: 1 }, revision });
      await store.deleteDocument(COLLECTION, "deleted");
      await checkStored(store, "a deleted value", [COLLECTION, "deleted"], undefined);
    },
  },
  {
    name: "a document whose value is not a JSON object exists, so that it must not be absent",
    needsDamage: "malformedValue",
    async run(context) {
      const store = await context.open();
      if (!(await context.malformedValue(COLLECTION, "a", "no JSON"))) return;
      const guarantee = "a write that expects no document gets a conflict";
      const call = store.putDocument(COLLECTION, "a", {}, { expectedRevision: "absent" });
      const expected = { code: "AETHER_REVISION_CONFLICT", collection: COLLECTION, id: "a" } as const;
      const { currentRevision } = await checkRejects(guarantee, "a value that is not JSON", call, expected);
      const revision = await store.putDocument(COLLECTION, "a", { n: 1 }, { expectedRevision: currentRevision });
      await checkStored(store, "the current revision", [COLLECTION, "a"], { value: { n: 1 }, revision });
    },
  },
  {
    name: "records of other programs do not harm lists and reads",
    needsDamage: "foreignRecords",
    async run(context) {
      const store = await context.open();
      const documents = sorted(await putAll(store, ["a", "b"]));
      await context.foreignRecords();
      const given = "records whose keys are not those of documents";
      for (const collection of [COLLECTION, "", "foreign"]) {
        const expected = collection === COLLECTION ? documents : [];
        const actual = await listed(store, collection);
        check("a list has only documents", { given, expected, actual });
      }
      const [first] = documents;
      if (first !== undefined) await checkStored(store, given, [COLLECTION, "a"], first as never);
    },
  },
]);
