import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { everyJson, nested } from "../samples/hostile-events.ts";
import { hostileTexts } from "../samples/hostile-texts.ts";
import { hostileNumbers } from "../samples/hostile-values.ts";
import { longLists, lookAlikes } from "../samples/look-alikes.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkStored } from "./reading.ts";

/** Values that stores often change, one for each kind. */
const hostileValues: readonly object[] = [
  {},
  { numbers: hostileNumbers },
  { texts: hostileTexts },
  Object.fromEntries(hostileTexts.map((text) => [text, `value of ${text.slice(0, 50)}`])),
  lookAlikes,
  longLists,
  { everyJson, nested: nested(100), twice: [everyJson, everyJson] },
  // Fields of a document, of a change and of records of stores, as fields of a value.
  { collection: "c", id: "i", value: null, revision: "r", type: "delete", _id: 1, _rev: "2-x", deleted: true },
  JSON.parse('{"__proto__":{"x":1},"list":[{"__proto__":null}],"constructor":{"prototype":{"y":2}}}') as object,
];

const LARGE_BYTES = 2 * 1_024 * 1_024;

export const puttingAndGetting: readonly DocumentCase[] = documentCaseGroup("putting and getting", [
  {
    name: "a document that does not exist is undefined",
    async run(context) {
      const store = await context.open();
      await store.putDocument(COLLECTION, "a", { n: 1 });
      const names: readonly (readonly [string, string])[] = [
        [COLLECTION, "b"],
        [COLLECTION, ""],
        ["other", "a"],
        ["", "a"],
      ];
      for (const name of names) await checkStored(store, [COLLECTION, "a"], name, undefined);
    },
  },
  {
    name: "a document is read back with the revision of its put",
    async run(context) {
      const store = await context.open();
      const value = { n: 1, lines: [{ price: 1.5 }, null] };
      const revision = await store.putDocument(COLLECTION, "a", value);
      for (const _ of range(1, 2)) await checkStored(store, value, [COLLECTION, "a"], { value, revision });
    },
  },
  {
    name: "a put replaces the whole value",
    async run(context) {
      const store = await context.open();
      const values: readonly object[] = [{ n: 1, kept: { a: 1 } }, { kept: { b: 2 } }, {}, { n: 4 }];
      for (const value of values) {
        const revision = await store.putDocument(COLLECTION, "a", value);
        await checkStored(store, { puts: values, last: value }, [COLLECTION, "a"], { value, revision });
      }
    },
  },
  {
    name: "values are read back unchanged",
    async run(context) {
      const store = await context.open();
      const ids = hostileValues.map((_, index) => `value ${index}`);
      const revisions = await Promise.all(
        hostileValues.map((value, index) => store.putDocument(COLLECTION, ids[index] ?? "", value)),
      );
      for (const [index, value] of hostileValues.entries()) {
        const revision = revisions[index] ?? ("" as never);
        await checkStored(store, value, [COLLECTION, ids[index] ?? ""], { value, revision });
      }
      check("a key __proto__ in a value does not change other objects", {
        given: hostileValues.at(-1),
        expected: undefined,
        actual: Reflect.get({}, "x"),
      });
    },
  },
  {
    name: "a property that is undefined is left out",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(COLLECTION, "a", { n: 1, none: undefined });
      await checkStored(store, "{ n: 1, none: undefined }", [COLLECTION, "a"], { value: { n: 1 }, revision });
    },
  },
  {
    name: "a large document is stored completely, or is rejected with DocumentTooLargeError",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(COLLECTION, "large", { n: 1 });
      const value = { text: `${"é".repeat(LARGE_BYTES / 2)}$` };
      const given = { value: `a text of ${LARGE_BYTES} bytes` };
      const outcome = await outcomeOf(store.putDocument(COLLECTION, "large", value));
      if (outcome.status === "fulfilled") {
        const document = await store.getDocument<typeof value>(COLLECTION, "large");
        check("a large document is stored completely", {
          given,
          expected: { isComplete: true, revision: outcome.value },
          actual: { isComplete: document?.value.text === value.text, revision: document?.revision },
        });
        return;
      }
      const guarantee = "a document that is too large is rejected with DocumentTooLargeError";
      const rejected = Promise.reject(outcome.reason);
      const expected = { code: "AETHER_DOCUMENT_TOO_LARGE", collection: COLLECTION, id: "large" } as const;
      const { sizeBytes } = await checkRejects(guarantee, given, rejected, expected);
      check("a DocumentTooLargeError has the size of the value", {
        given,
        expected: true,
        actual: sizeBytes >= LARGE_BYTES,
      });
      await checkStored(store, given, [COLLECTION, "large"], { value: { n: 1 }, revision });
    },
  },
  {
    name: "a deletion removes the document, and no other one",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(COLLECTION, "b", { n: 2 });
      const same = await store.putDocument("other", "a", { n: 3 });
      await store.putDocument(COLLECTION, "a", { n: 1 });
      await store.deleteDocument(COLLECTION, "a");
      const given = "a and b put, and a of another collection, then a deleted";
      await checkStored(store, given, ["other", "a"], { value: { n: 3 }, revision: same });
      await checkStored(store, given, [COLLECTION, "a"], undefined);
      await checkStored(store, given, [COLLECTION, "b"], { value: { n: 2 }, revision });
    },
  },
  {
    name: "a deletion of a document that does not exist has no effect",
    async run(context) {
      const store = await context.open();
      await store.putDocument(COLLECTION, "gone", { n: 1 });
      for (const id of ["never", "gone", "gone", ""]) await store.deleteDocument(COLLECTION, id);
      const given = "never and gone deleted, twice";
      for (const id of ["never", "gone", ""]) {
        await checkStored(store, given, [COLLECTION, id], undefined);
        const revision = await store.putDocument(COLLECTION, id, { n: 2 }, { expectedRevision: "absent" });
        await checkStored(store, given, [COLLECTION, id], { value: { n: 2 }, revision });
      }
    },
  },
]);
