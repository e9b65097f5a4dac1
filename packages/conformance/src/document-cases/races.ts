import { type DocumentStore, isAetherError, type Revision } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { type DocumentCase, type DocumentCaseContext, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkStored } from "./reading.ts";

/** Number of writers in each race. */
const WRITERS = 16;
/** Number of times that each counter is increased. */
const INCREMENTS = 40;

const name = [COLLECTION, "a"] as const;

/** Returns the writers of a race. They use four open stores if stores are `shared`, and otherwise one. */
async function openWriters(context: DocumentCaseContext, count: number): Promise<readonly DocumentStore[]> {
  const stores = [await context.open()];
  if (context.supports.shared) for (const _ of range(1, 3)) stores.push(await context.open());
  return range(0, count - 1).map((writer) => stores[writer % stores.length] as DocumentStore);
}

/** Lets all writers make one attempt at the same time. Checks that exactly one succeeds. Returns its number. */
async function race(
  writers: readonly DocumentStore[],
  given: string,
  attempt: (store: DocumentStore, writer: number) => Promise<unknown>,
): Promise<{ readonly winner: number; readonly result: unknown; readonly currentRevisions: readonly unknown[] }> {
  const outcomes = await Promise.all(writers.map((store, writer) => outcomeOf(attempt(store, writer))));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  const currentRevisions = reasons.map((reason) => {
    if (isAetherError(reason, "AETHER_REVISION_CONFLICT")) return reason.currentRevision;
    throw reason;
  });
  const winners = outcomes.flatMap(({ status }, writer) => (status === "fulfilled" ? [writer] : []));
  check("if several writers expect the same revision at the same time, exactly one succeeds", {
    given: { attempts: given, writers: writers.length },
    expected: 1,
    actual: winners.length,
  });
  const [winner = 0] = winners;
  const result = (outcomes[winner] as PromiseFulfilledResult<unknown>).value;
  return { winner, result, currentRevisions };
}

export const races: readonly DocumentCase[] = documentCaseGroup("races", [
  {
    name: "of several writers that create the same document, exactly one succeeds",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      for (const round of range(1, 3)) {
        const id = `round ${round}`;
        const given = `create ${id}`;
        const { winner, result, currentRevisions } = await race(writers, given, (store, writer) =>
          store.putDocument(COLLECTION, id, { writer }, { expectedRevision: "absent" }),
        );
        check("the losers of a race get the revision of the winner", {
          given,
          expected: currentRevisions.map(() => result),
          actual: currentRevisions,
        });
        for (const store of writers.slice(0, 4)) {
          await checkStored(store, given, [COLLECTION, id], {
            value: { writer: winner },
            revision: result as Revision,
          });
        }
      }
    },
  },
  {
    name: "of several writers that replace the same revision, exactly one succeeds",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      let expectedRevision = await (writers[0] as DocumentStore).putDocument(...name, { writer: -1 });
      for (const round of range(1, 4)) {
        const expected = expectedRevision;
        const { winner, result, currentRevisions } = await race(writers, "replace", (store, writer) =>
          store.putDocument(...name, { writer, round }, { expectedRevision: expected }),
        );
        check("the losers of a race get the revision of the winner", {
          given: { round },
          expected: currentRevisions.map(() => result),
          actual: currentRevisions,
        });
        expectedRevision = result as Revision;
        const stored = { value: { writer: winner, round }, revision: expectedRevision };
        for (const store of writers.slice(0, 4)) await checkStored(store, { round }, name, stored);
      }
    },
  },
  {
    name: "of several writers that replace or delete the same revision, exactly one succeeds",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      for (const round of range(1, 4)) {
        const id = `round ${round}`;
        const expectedRevision = await (writers[0] as DocumentStore).putDocument(COLLECTION, id, { writer: -1 });
        const isDeletion = (writer: number): boolean => (writer + round) % 2 === 0;
        const { winner, result } = await race(writers, "replace or delete", (store, writer) =>
          isDeletion(writer)
            ? store.deleteDocument(COLLECTION, id, { expectedRevision })
            : store.putDocument(COLLECTION, id, { writer }, { expectedRevision }),
        );
        const stored = isDeletion(winner) ? undefined : { value: { writer: winner }, revision: result as Revision };
        for (const store of writers.slice(0, 4)) await checkStored(store, { round }, [COLLECTION, id], stored);
      }
    },
  },
  {
    name: "a counter that several writers increase by compare-and-set loses no increment",
    async run(context) {
      const writers = await openWriters(context, 8);
      const revisions: Revision[] = [];
      const increase = async (store: DocumentStore): Promise<void> => {
        for (let isDone = false; !isDone; ) {
          const read = await store.getDocument<{ readonly count: number }>(...name);
          const expectedRevision = read?.revision ?? "absent";
          const write = store.putDocument(...name, { count: (read?.value.count ?? 0) + 1 }, { expectedRevision });
          const outcome = await outcomeOf(write);
          isDone = outcome.status === "fulfilled";
          if (outcome.status === "fulfilled") revisions.push(outcome.value as Revision);
          else if (!isAetherError(outcome.reason, "AETHER_REVISION_CONFLICT")) throw outcome.reason;
        }
      };
      const work = async (store: DocumentStore): Promise<void> => {
        for (const _ of range(1, INCREMENTS / writers.length)) await increase(store);
      };
      await Promise.all(writers.map(work));
      const given = { writers: writers.length, increments: INCREMENTS };
      check("every increment has another revision", {
        given,
        expected: INCREMENTS,
        actual: new Set(revisions).size,
      });
      check("no increment is lost", {
        given,
        expected: { count: INCREMENTS },
        actual: (await (writers[0] as DocumentStore).getDocument(...name))?.value,
      });
    },
  },
  {
    name: "writes of different documents at the same time do not affect each other",
    async run(context) {
      const writers = await openWriters(context, WRITERS);
      const idOf = (writer: number): string => `document ${writer}`;
      const write = async (store: DocumentStore, writer: number): Promise<Revision> => {
        let expectedRevision: Revision | "absent" = "absent";
        for (const n of range(1, 4)) {
          expectedRevision = await store.putDocument(COLLECTION, idOf(writer), { writer, n }, { expectedRevision });
        }
        return expectedRevision as Revision;
      };
      const revisions = await Promise.all(writers.map(write));
      for (const [writer, revision] of revisions.entries()) {
        const store = writers[(writer + 1) % WRITERS] as DocumentStore;
        const given = "16 writers, each of which writes its own document four times";
        await checkStored(store, given, [COLLECTION, idOf(writer)], { value: { writer, n: 4 }, revision });
      }
    },
  },
  {
    name: "a read during writes returns a value that was written, with its revision",
    async run(context) {
      const [reader, writer] = (await openWriters(context, 2)) as [DocumentStore, DocumentStore];
      const written = new Map<Revision, unknown>([[await writer.putDocument(...name, { n: 0 }), { n: 0 }]]);
      let isDone = false;
      const write = async (): Promise<void> => {
        for (const n of range(1, 30))
          written.set(await writer.putDocument(...name, { n, again: [n] }), { n, again: [n] });
        isDone = true;
      };
      const writing = write();
      writing.catch(() => {});
      const reads: { readonly value: unknown; readonly revision: Revision | undefined; readonly least: number }[] = [];
      while (!isDone && reads.length < 500) {
        const least = written.size - 1;
        const document = await reader.getDocument(...name);
        reads.push({ value: document?.value, revision: document?.revision, least });
      }
      await writing;
      for (const { value, revision, least } of reads) {
        check("a read during writes returns a value that was written, with its revision", {
          given: "30 puts, one after the other, and reads at the same time",
          expected: { value: revision === undefined ? "a value" : written.get(revision), isStale: false },
          actual: { value, isStale: ((value as { n?: number } | undefined)?.n ?? -1) < least },
        });
      }
    },
  },
]);
