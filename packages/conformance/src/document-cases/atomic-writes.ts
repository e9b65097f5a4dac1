import { type DocumentWrite, isAetherError } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkConflict, checkStored, listed, putAll, sorted } from "./reading.ts";

const put = (id: string, n: number, collection: string = COLLECTION): DocumentWrite => ({
  type: "put",
  collection,
  id,
  value: { n },
});
const deletion = (id: string): DocumentWrite => ({ type: "delete", collection: COLLECTION, id });

export const atomicWrites: readonly DocumentCase[] = documentCaseGroup(
  "atomic writes",
  [
    {
      name: "the result has the revision of each put, in the order of the writes, and undefined for deletions",
      async run(context) {
        const store = await context.open("atomic");
        await putAll(store, ["b", "c"]);
        const writes = [put("a", 1), deletion("b"), put("c", 3), deletion("never"), put("a", 5, "other")];
        const revisions = await store.writeDocuments(writes);
        check("there is one result for each write", { given: writes, expected: 5, actual: revisions.length });
        check("the result of a deletion is undefined", {
          given: writes,
          expected: [undefined, undefined],
          actual: [revisions[1], revisions[3]],
        });
        const revisionOf = (index: number) => revisions[index] ?? ("" as never);
        await checkStored(store, writes, [COLLECTION, "a"], { value: { n: 1 }, revision: revisionOf(0) });
        await checkStored(store, writes, [COLLECTION, "b"], undefined);
        await checkStored(store, writes, [COLLECTION, "c"], { value: { n: 3 }, revision: revisionOf(2) });
        await checkStored(store, writes, ["other", "a"], { value: { n: 5 }, revision: revisionOf(4) });
        check("no writes have no results", { given: [], expected: [], actual: [...(await store.writeDocuments([]))] });
      },
    },
    {
      name: "if one write gets a conflict, wherever it is, nothing is written",
      async run(context) {
        const store = await context.open("atomic");
        const documents = sorted(await putAll(store, ["a", "b", "c"]));
        const outdated = await store.putDocument(COLLECTION, "d", { n: 0 });
        const revision = await store.putDocument(COLLECTION, "d", { n: 4 });
        const before = sorted([...documents, { collection: COLLECTION, id: "d", value: { n: 4 }, revision }]);
        const failing: readonly DocumentWrite[] = [
          { type: "put", collection: COLLECTION, id: "d", value: {}, expectedRevision: outdated },
          { type: "delete", collection: COLLECTION, id: "d", expectedRevision: "absent" },
        ];
        for (const write of failing) {
          for (const index of range(0, 3)) {
            const writes = [put("a", 10), put("new", 11), deletion("c")].toSpliced(index, 0, write);
            const call = store.writeDocuments(writes);
            await checkConflict(writes, call, [COLLECTION, "d"], write.expectedRevision ?? "absent", revision);
            check("a call with a conflict writes nothing", {
              given: writes,
              expected: before,
              actual: await listed(store, COLLECTION),
            });
          }
        }
      },
    },
    {
      name: "if one write is invalid, wherever it is, nothing is written",
      async run(context) {
        const store = await context.open("atomic");
        const documents = sorted(await putAll(store, ["a", "b"]));
        const invalidWrites: readonly (readonly [string, unknown])[] = [
          [".value.n", put("x", Number.NaN)],
          [".value", { ...put("x", 1), value: [] }],
          [".id", { ...put("x", 1), id: 7 }],
          [".collection", { ...deletion("x"), collection: "\ud800" }],
          [".type", { ...put("x", 1), type: "patch" }],
          [".expectedRevision", { ...put("x", 1), expectedRevision: "not a revision" }],
          ["", null],
          ["", "text"],
        ];
        for (const [path, invalid] of invalidWrites) {
          for (const index of range(0, 2)) {
            const writes = [put("a", 10), deletion("b")].toSpliced(index, 0, invalid as DocumentWrite);
            const guarantee = "an invalid write is rejected with InvalidArgumentError";
            const argument = `writes[${index}]${path}`;
            const expected = { code: "AETHER_INVALID_ARGUMENT", argument } as const;
            await checkRejects(guarantee, writes, store.writeDocuments(writes), expected);
          }
        }
        for (const writes of [null, undefined, {}, "text", 7]) {
          const guarantee = "writes that are not an array are rejected with InvalidArgumentError";
          const expected = { code: "AETHER_INVALID_ARGUMENT", argument: "writes" } as const;
          await checkRejects(guarantee, writes, store.writeDocuments(writes as never), expected);
        }
        const actual = await listed(store, COLLECTION);
        check("an invalid call writes nothing", { given: "invalid writes", expected: documents, actual });
      },
    },
    {
      name: "two writes of the same document in one call are rejected",
      async run(context) {
        const store = await context.open("atomic");
        const pairs: readonly (readonly DocumentWrite[])[] = [
          [put("a", 1), put("a", 2)],
          [put("a", 1), put("b", 1), deletion("a")],
          [deletion("a"), deletion("a")],
        ];
        for (const writes of pairs) {
          const guarantee = "two writes of the same document are rejected with InvalidArgumentError";
          const argument = `writes[${writes.length - 1}]`;
          const expected = { code: "AETHER_INVALID_ARGUMENT", argument } as const;
          await checkRejects(guarantee, writes, store.writeDocuments(writes), expected);
        }
        check("nothing is written", { given: pairs, expected: [], actual: await listed(store, COLLECTION) });
        const apart = [put("a", 1), put("A", 1), put("a", 1, "other"), put("a ", 1), put("", 1), put("a", 1, "")];
        check("writes of different documents are accepted", {
          given: apart,
          expected: apart.length,
          actual: new Set(await store.writeDocuments(apart)).size,
        });
      },
    },
    {
      name: "the writes are copied when writeDocuments is called",
      async run(context) {
        const store = await context.open("atomic");
        const value = { lines: [{ n: 1 }] };
        const write = { type: "put" as const, collection: COLLECTION, id: "a", value };
        const writes: DocumentWrite[] = [write];
        const writing = store.writeDocuments(writes);
        write.id = "changed";
        (value.lines[0] as { n: number }).n = 2;
        writes.push(put("b", 1));
        const [revision = "" as never] = await writing;
        const given = "writes that the caller changes after the call";
        const stored = { collection: COLLECTION, id: "a", value: { lines: [{ n: 1 }] }, revision };
        const actual = await listed(store, COLLECTION);
        check("the writes are copied when writeDocuments is called", { given, expected: [stored], actual });
      },
    },
    {
      name: "of several calls that expect the same revisions, exactly one succeeds",
      async run(context) {
        const stores = [await context.open("atomic")];
        if (context.supports.shared) stores.push(await context.open("atomic"));
        const [store = stores[0] as never] = stores;
        const sum = async (): Promise<number> => {
          const documents = await listed(store, COLLECTION);
          return documents.reduce((total, { value }) => total + (value as { n: number }).n, 0);
        };
        for (const round of range(1, 5)) {
          const [from, to] = await putAll(store, ["from", "to"]);
          await store.putDocument(COLLECTION, "to", { n: 0 });
          const target = await store.getDocument(COLLECTION, "to");
          const calls = range(1, 6).map((writer) => {
            const writes: readonly DocumentWrite[] = [
              { ...put("from", -writer), expectedRevision: from?.revision } as DocumentWrite,
              { ...put("to", writer), expectedRevision: target?.revision } as DocumentWrite,
            ];
            return outcomeOf((stores[writer % stores.length] ?? store).writeDocuments(writes));
          });
          const outcomes = await Promise.all(calls);
          for (const outcome of outcomes) {
            const isConflict =
              outcome.status === "fulfilled" || isAetherError(outcome.reason, "AETHER_REVISION_CONFLICT");
            if (!isConflict) throw outcome.reason;
          }
          check("exactly one call succeeds", {
            given: { round, calls: 6, replaced: to?.id },
            expected: 1,
            actual: outcomes.filter(({ status }) => status === "fulfilled").length,
          });
          check("the writes of one call are stored, and of no other", {
            given: { round, calls: 6 },
            expected: 0,
            actual: await sum(),
          });
        }
      },
    },
  ],
  ["atomic"],
);
