import type { Revision } from "@aether/core";
import { check } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkConflict, checkStored, listed, putAll, sorted } from "./reading.ts";

const name = [COLLECTION, "a"] as const;

export const durability: readonly DocumentCase[] = documentCaseGroup(
  "durability",
  [
    {
      name: "a reopened store has the same documents, with the same revisions",
      async run(context) {
        const store = await context.open();
        const documents = await putAll(store, ["a", "b", "é", "c"]);
        await store.deleteDocument(COLLECTION, "c");
        await store.close();
        const again = await context.open();
        check("a reopened store has the same documents, with the same revisions", {
          given: documents,
          expected: sorted(documents.slice(0, 3)),
          actual: await listed(again, COLLECTION),
        });
        await checkStored(again, "c deleted, and reopened", [COLLECTION, "c"], undefined);
      },
    },
    {
      name: "a revision is still the expected one after the store is reopened",
      async run(context) {
        let store = await context.open();
        let revision = await store.putDocument(...name, { n: 0 });
        for (const n of range(1, 3)) {
          await store.close();
          store = await context.open();
          const expectedRevision = revision;
          revision = await store.putDocument(...name, { n }, { expectedRevision });
          const late = store.putDocument(...name, {}, { expectedRevision });
          await checkConflict({ reopened: n }, late, name, expectedRevision, revision);
          await checkStored(store, { reopened: n }, name, { value: { n }, revision });
        }
      },
    },
    {
      name: "no revision is used again after the store is reopened",
      async run(context) {
        const old = new Set<Revision>();
        for (const opened of range(1, 4)) {
          const store = await context.open();
          for (const id of ["a", "b"]) {
            const revision = await store.putDocument(COLLECTION, id, { opened });
            check("no revision is used again after the store is reopened", {
              given: { opened, id },
              expected: false,
              actual: old.has(revision),
            });
            old.add(revision);
            await store.deleteDocument(COLLECTION, id);
          }
          await store.close();
        }
      },
    },
  ],
  ["durable"],
);
