import type { StoredDocument } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { collect } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { asAnyDocumentStore, declaredDocumentCalls } from "./document-calls.ts";
import { COLLECTION, checkConflict, checkStored, listed } from "./reading.ts";

const name = [COLLECTION, "a"] as const;

interface Value {
  n: number;
  lines: unknown[];
  part: { text: string };
}

const newValue = (): Value => ({ n: 1, lines: [{ price: 1 }], part: { text: "a" } });

/** Changes every part of a value. Ignores the errors that frozen parts throw. */
function change(value: object): void {
  const { lines, part } = value as Value;
  const attempts = [
    () => Object.assign(value, { n: 2, more: true }),
    () => Object.assign(lines[0] as object, { price: 2 }),
    () => lines.push("changed"),
    () => Object.assign(part, { text: "changed" }),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
    } catch {
      // The part is frozen.
    }
  }
}

export const immutability: readonly DocumentCase[] = documentCaseGroup("immutability", [
  {
    name: "a value is copied when putDocument is called",
    async run(context) {
      const store = await context.open();
      const value = newValue();
      const putting = store.putDocument(...name, value);
      change(value);
      const revision = await putting;
      const given = "every part of the value changed between the call and its result";
      await checkStored(store, given, name, { value: newValue(), revision });
      change(value);
      await checkStored(store, "every part changed after the put", name, { value: newValue(), revision });
    },
  },
  {
    name: "a value that is frozen only in part is copied when it is put",
    async run(context) {
      const store = await context.open();
      const value = newValue();
      Object.freeze(value.lines);
      Object.freeze(value);
      const revision = await store.putDocument(...name, value);
      change(value);
      await checkStored(store, "the parts that are not frozen changed", name, { value: newValue(), revision });
    },
  },
  {
    name: "putDocument does not change or freeze the caller's value",
    async run(context) {
      const store = await context.open();
      const value = newValue();
      await store.putDocument(...name, value);
      const parts = [value, value.lines, value.lines[0], value.part];
      check("putDocument does not change or freeze the caller's value", {
        given: newValue(),
        expected: { value: newValue(), frozen: 0 },
        actual: { value, frozen: parts.filter((part) => Object.isFrozen(part)).length },
      });
    },
  },
  {
    name: "a reader cannot change documents for other readers",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, newValue());
      const reads: Readonly<Record<string, () => Promise<StoredDocument | undefined>>> = {
        getDocument: () => store.getDocument(...name),
        listDocuments: async () => (await collect(store.listDocuments(COLLECTION)))[0],
      };
      for (const [call, read] of Object.entries(reads)) {
        const document = (await read()) as StoredDocument;
        change(document.value);
        try {
          Object.assign(document, { id: "changed" });
        } catch {
          // The document is frozen.
        }
        await checkStored(store, { call, changed: "every part" }, name, { value: newValue(), revision });
        check("the next list contains the document unchanged", {
          given: { call, changed: "every part" },
          expected: [{ collection: COLLECTION, id: "a", value: newValue(), revision }],
          actual: await listed(store, COLLECTION),
        });
      }
    },
  },
  {
    name: "the options of a write are read at the call",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 });
      const options: { expectedRevision: typeof revision | "absent" | undefined } = { expectedRevision: "absent" };
      const putting = store.putDocument(...name, { n: 2 }, options);
      options.expectedRevision = revision;
      await checkConflict("expectedRevision changed after the call", putting, name, "absent", revision);
      options.expectedRevision = "absent";
      const deleting = store.deleteDocument(...name, options);
      options.expectedRevision = undefined;
      await checkConflict("expectedRevision changed after the call", deleting, name, "absent", revision);
      await checkStored(store, "writes that were rejected", name, { value: { n: 1 }, revision });
    },
  },
  {
    name: "the caller's options are not changed",
    async run(context) {
      const store = await context.open();
      const { signal } = new AbortController();
      for (const { method, run } of declaredDocumentCalls(context.supports)) {
        for (const options of [{ signal }, Object.freeze({ signal }), {}, Object.freeze({})]) {
          const before = { ...options };
          const outcome = await outcomeOf(run(asAnyDocumentStore(store), options));
          if (outcome.status === "rejected") throw outcome.reason;
          check("a call does not change the caller's options", {
            given: { method, options: Object.keys(options), frozen: Object.isFrozen(options) },
            expected: before,
            actual: { ...options },
          });
        }
      }
    },
  },
]);
