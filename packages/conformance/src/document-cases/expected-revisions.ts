import type { DocumentStore, ExpectedRevision, Revision } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkConflict, checkStored } from "./reading.ts";

const name = [COLLECTION, "a"] as const;

/** Puts, or deletes, the document `"a"`. */
interface Write {
  readonly call: string;
  readonly run: (store: DocumentStore, expectedRevision: ExpectedRevision) => Promise<unknown>;
}

const writes: readonly Write[] = [
  { call: "putDocument", run: (store, expectedRevision) => store.putDocument(...name, { n: 9 }, { expectedRevision }) },
  { call: "deleteDocument", run: (store, expectedRevision) => store.deleteDocument(...name, { expectedRevision }) },
];

export const expectedRevisions: readonly DocumentCase[] = documentCaseGroup("expected revisions", [
  {
    name: "a document that must be absent is created only once",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 }, { expectedRevision: "absent" });
      await checkConflict(
        "a second put",
        store.putDocument(...name, { n: 2 }, { expectedRevision: "absent" }),
        name,
        "absent",
        revision,
      );
      await checkStored(store, "a put that was rejected", name, { value: { n: 1 }, revision });
      await store.deleteDocument(...name);
      const again = await store.putDocument(...name, { n: 3 }, { expectedRevision: "absent" });
      await checkStored(store, "a put after a deletion", name, { value: { n: 3 }, revision: again });
    },
  },
  {
    name: "a write succeeds with the current revision, and only with it",
    async run(context) {
      const store = await context.open();
      const old: Revision[] = [await store.putDocument(...name, { n: 0 })];
      for (const n of range(1, 3)) {
        const expectedRevision = old.at(-1) as Revision;
        const revision = await store.putDocument(...name, { n }, { expectedRevision });
        await checkStored(store, { n }, name, { value: { n }, revision });
        for (const { call, run } of writes) {
          for (const earlier of old)
            await checkConflict({ call, earlier }, run(store, earlier), name, earlier, revision);
        }
        await checkStored(store, "writes with earlier revisions", name, { value: { n }, revision });
        old.push(revision);
      }
      await store.deleteDocument(...name, { expectedRevision: old.at(-1) });
      await checkStored(store, "a deletion with the current revision", name, undefined);
    },
  },
  {
    name: "a write with the revision of a document that no longer exists gets a conflict without a current revision",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 });
      await store.deleteDocument(...name, { expectedRevision: revision });
      for (const { call, run } of writes) {
        await checkConflict({ call, put: true, deleted: true }, run(store, revision), name, revision, undefined);
      }
      await checkStored(store, "a deletion, and writes that were rejected", name, undefined);
    },
  },
  {
    name: "a document that is deleted and created again has a revision that it never had",
    async run(context) {
      const store = await context.open();
      const old: Revision[] = [];
      for (const n of range(1, 4)) {
        for (const each of range(1, n)) old.push(await store.putDocument(COLLECTION, "a", { n, each }));
        await store.deleteDocument(...name);
        const revision = await store.putDocument(...name, { n }, { expectedRevision: "absent" });
        const given = { documentCreated: n, earlier: old };
        check("a revision is never used again, even if the document is deleted and created again", {
          given,
          expected: false,
          actual: old.includes(revision),
        });
        for (const { call, run } of writes) {
          for (const earlier of old.slice(-6)) {
            await checkConflict({ call, ...given }, run(store, earlier), name, earlier, revision);
          }
        }
        await checkStored(store, given, name, { value: { n }, revision });
        old.push(revision);
      }
    },
  },
  {
    name: "every write of a document gives it another revision, even if the value is the same",
    async run(context) {
      const store = await context.open();
      const revisions: Revision[] = [];
      for (const _ of range(1, 12)) revisions.push(await store.putDocument(COLLECTION, "a", { n: 1 }));
      const atOnce = await Promise.all(range(1, 12).map(() => store.putDocument(...name, { n: 1 })));
      check("every write of a document gives it another revision", {
        given: "24 puts of the same value, of which 12 at the same time",
        expected: 24,
        actual: new Set([...revisions, ...atOnce]).size,
      });
      const given = "a value written twice, then a write with the first revision";
      const [first, last] = [revisions.at(-1) as Revision, (await store.getDocument(...name))?.revision];
      await checkConflict(given, writes[0]?.run(store, first) ?? Promise.resolve(), name, first, last);
    },
  },
  {
    name: "a deletion of a document that must be absent has no effect, or gets a conflict",
    async run(context) {
      const store = await context.open();
      await store.deleteDocument(...name, { expectedRevision: "absent" });
      const revision = await store.putDocument(...name, { n: 1 }, { expectedRevision: "absent" });
      const deletion = store.deleteDocument(...name, { expectedRevision: "absent" });
      await checkConflict("a deletion of a document that must be absent", deletion, name, "absent", revision);
      await checkStored(store, "a deletion that was rejected", name, { value: { n: 1 }, revision });
    },
  },
  {
    name: "an expected revision that is undefined is none",
    async run(context) {
      const store = await context.open();
      await store.putDocument(...name, { n: 1 }, { expectedRevision: undefined });
      const revision = await store.putDocument(...name, { n: 2 }, { expectedRevision: undefined, signal: undefined });
      await checkStored(store, "two puts", name, { value: { n: 2 }, revision });
      await store.deleteDocument(...name, { expectedRevision: undefined });
      await checkStored(store, "two puts and a deletion", name, undefined);
    },
  },
  {
    name: "a revision is a text that JSON can contain",
    async run(context) {
      const store = await context.open();
      const revision = await store.putDocument(...name, { n: 1 });
      await store.putDocument(COLLECTION, "checkpoint", { revision });
      const { value } = (await store.getDocument<{ revision: Revision }>(COLLECTION, "checkpoint")) ?? {};
      const again = JSON.parse(JSON.stringify(value)) as { readonly revision: Revision };
      check("a revision is unchanged after JSON", { given: revision, expected: revision, actual: again.revision });
      const next = await store.putDocument(...name, { n: 2 }, { expectedRevision: again.revision });
      await checkStored(store, "a write with a revision from JSON", name, { value: { n: 2 }, revision: next });
    },
  },
  {
    name: "a revision of another storage is never the current one",
    async run(context) {
      const [store, other] = [await context.open(), await context.openElsewhere()];
      const foreign: Revision[] = [];
      for (const n of range(1, 4)) foreign.push(await other.putDocument(COLLECTION, "a", { n }));
      const revision = await store.putDocument(...name, { n: 0 });
      for (const { call, run } of writes) {
        for (const expectedRevision of foreign) {
          const given = { call, expectedRevision, written: "in another storage" };
          const outcome = await outcomeOf(run(store, expectedRevision));
          const guarantee =
            "a write with a revision of another storage rejects with a conflict, or with StreamResetError";
          const isReset =
            outcome.status === "rejected" && Reflect.get(outcome.reason as object, "code") === "AETHER_STREAM_RESET";
          const expected = isReset
            ? ({ code: "AETHER_STREAM_RESET" } as const)
            : ({ code: "AETHER_REVISION_CONFLICT", expectedRevision, currentRevision: revision } as const);
          const settled =
            outcome.status === "rejected" ? Promise.reject(outcome.reason) : Promise.resolve(outcome.value);
          await checkRejects(guarantee, given, settled, expected);
        }
      }
      await checkStored(store, "writes with revisions of another storage", name, { value: { n: 0 }, revision });
    },
  },
]);
