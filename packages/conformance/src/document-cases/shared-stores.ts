import { check } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkConflict, checkStored, listed } from "./reading.ts";

const name = [COLLECTION, "a"] as const;

export const sharedStores: readonly DocumentCase[] = documentCaseGroup(
  "several open stores",
  [
    {
      name: "a read returns what another store has just written, even if this one has read before",
      async run(context) {
        const [here, there] = [await context.open(), await context.open()];
        for (const n of range(1, 5)) {
          await checkStored(here, { round: n }, [COLLECTION, `new ${n}`], undefined);
          const created = await there.putDocument(COLLECTION, `new ${n}`, { n });
          await checkStored(here, { round: n }, [COLLECTION, `new ${n}`], { value: { n }, revision: created });
          const revision = await there.putDocument(...name, { n });
          await checkStored(here, { round: n }, name, { value: { n }, revision });
          await here.putDocument(...name, { own: n });
          const again = await there.putDocument(...name, { again: n });
          const given = { round: n, writes: "own, then one of another store" };
          await checkStored(here, given, name, { value: { again: n }, revision: again });
          await there.deleteDocument(COLLECTION, `new ${n}`);
          await checkStored(here, { round: n, deleted: true }, [COLLECTION, `new ${n}`], undefined);
        }
      },
    },
    {
      name: "a list contains what another store has just written",
      async run(context) {
        const [here, there] = [await context.open(), await context.open()];
        const ids: string[] = [];
        for (const n of range(1, 5)) {
          await there.putDocument(COLLECTION, `${n}`, { n });
          ids.push(`${n}`);
          if (n === 4) await there.deleteDocument(COLLECTION, ids.shift() as string);
          check("a list contains what another store has just written", {
            given: { round: n },
            expected: ids,
            actual: (await listed(here, COLLECTION)).map(({ id }) => id),
          });
        }
      },
    },
    {
      name: "a write with a revision from before a write of another store gets a conflict",
      async run(context) {
        const [here, there] = [await context.open(), await context.open()];
        for (const n of range(1, 4)) {
          const expectedRevision = await here.putDocument(...name, { n });
          const other = await there.putDocument(...name, { other: n }, { expectedRevision });
          const put = here.putDocument(...name, { n: -n }, { expectedRevision });
          await checkConflict({ round: n, call: "putDocument" }, put, name, expectedRevision, other);
          const deletion = here.deleteDocument(...name, { expectedRevision });
          await checkConflict({ round: n, call: "deleteDocument" }, deletion, name, expectedRevision, other);
          const creation = here.putDocument(...name, { n: -n }, { expectedRevision: "absent" });
          await checkConflict({ round: n, expectedRevision: "absent" }, creation, name, "absent", other);
          for (const store of [here, there]) {
            await checkStored(store, { round: n }, name, { value: { other: n }, revision: other });
          }
        }
      },
    },
    {
      name: "a document that another store has deleted and created again is another one",
      async run(context) {
        const [here, there] = [await context.open(), await context.open()];
        const first = await here.putDocument(...name, { n: 1 });
        await there.deleteDocument(...name);
        const revision = await there.putDocument(...name, { n: 1 }, { expectedRevision: "absent" });
        const given = "put here, deleted and created again by another store";
        await checkConflict(given, here.putDocument(...name, {}, { expectedRevision: first }), name, first, revision);
        await checkConflict(given, here.deleteDocument(...name, { expectedRevision: first }), name, first, revision);
        await checkStored(here, given, name, { value: { n: 1 }, revision });
      },
    },
    {
      name: "closing a store does not affect the others",
      async run(context) {
        const [here, there] = [await context.open(), await context.open()];
        const revision = await there.putDocument(...name, { n: 1 });
        await there.close();
        await checkStored(here, "put by a store that was closed", name, { value: { n: 1 }, revision });
        const next = await here.putDocument(...name, { n: 2 }, { expectedRevision: revision });
        const after = await context.open();
        await checkStored(after, "put after another store was closed", name, { value: { n: 2 }, revision: next });
      },
    },
  ],
  ["shared"],
);
