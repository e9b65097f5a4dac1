import type { DocumentStore, StoredDocument } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { pause } from "../checks/pause.ts";
import { collect, range } from "../samples/events.ts";
import { allActorIds, hostilePrefixes } from "../samples/hostile-actor-ids.ts";
import { type DocumentCase, type DocumentCaseContext, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, checkDistinct, listed, putAll, sorted } from "./reading.ts";

/** More documents than stores usually read at once. */
const MANY = 300;

const exactly = "a list contains exactly the documents of its range, with their values and revisions";

/** Opens a store that reads and one that writes: two stores if stores are `shared`, otherwise the same one. */
async function openReaderAndWriter(context: DocumentCaseContext): Promise<readonly [DocumentStore, DocumentStore]> {
  const reader = await context.open();
  return [reader, context.supports.shared ? await context.open() : reader];
}

/** The revisions that each document had, in the order of their writes. */
class Versions {
  readonly #revisions = new Map<string, readonly string[]>();

  add(id: string, revision: string): void {
    this.#revisions.set(id, [...(this.#revisions.get(id) ?? []), revision]);
  }

  /** The revisions of a document from the given number on. */
  of(id: string, first: number): readonly string[] {
    return (this.#revisions.get(id) ?? []).slice(first);
  }

  count(id: string): number {
    return this.#revisions.get(id)?.length ?? 0;
  }
}

export const listing: readonly DocumentCase[] = documentCaseGroup("listing", [
  {
    name: "a collection without documents is empty",
    async run(context) {
      const store = await context.open();
      check(exactly, { given: "an empty store", expected: [], actual: await listed(store, COLLECTION) });
      await putAll(store, ["a"], "other");
      await putAll(store, ["a"]);
      await store.deleteDocument(COLLECTION, "a");
      for (const collection of [COLLECTION, "", "othe", "other.", "orders/"]) {
        const given = { put: ["other", "a"], collection };
        check(exactly, { given, expected: [], actual: await listed(store, collection) });
      }
    },
  },
  {
    name: "a list contains exactly the documents of its collection",
    async run(context) {
      const store = await context.open();
      for (const count of [1, 2, 9, MANY]) {
        const collection = `of ${count}`;
        const documents = await putAll(
          store,
          range(1, count).map((n) => `document ${n}`),
          collection,
        );
        check(exactly, { given: { count }, expected: sorted(documents), actual: await listed(store, collection) });
      }
    },
  },
  {
    name: "a list contains the latest values, and no deleted documents",
    async run(context) {
      const store = await context.open();
      await putAll(store, ["a", "b", "c", "d"]);
      const replaced = await putAll(store, ["c", "a"]);
      for (const id of ["b", "d", "never"]) await store.deleteDocument(COLLECTION, id);
      const again = await putAll(store, ["d"]);
      const given = "a b c d put, c a put again, b d deleted, d created again";
      check(exactly, { given, expected: sorted([...replaced, ...again]), actual: await listed(store, COLLECTION) });
    },
  },
  {
    name: "a list with a prefix contains exactly the ids that begin with it, whatever they contain",
    async run(context) {
      const store = await context.open();
      const documents = sorted(await putAll(store, [...allActorIds, ""]));
      for (const idPrefix of [undefined, ...hostilePrefixes, ...allActorIds.filter((_, index) => index % 12 === 0)]) {
        check("a list with a prefix contains exactly the ids that begin with it", {
          given: { idPrefix },
          expected: documents.filter(({ id }) => id.startsWith(idPrefix ?? "")).map(({ id }) => id),
          actual: (await listed(store, COLLECTION, { idPrefix })).map(({ id }) => id),
        });
      }
    },
  },
  {
    name: "a prefix that is an id, or longer than all ids, is only a prefix",
    async run(context) {
      const store = await context.open();
      await putAll(store, ["a", "ab", "abc", "b"]);
      const expected: Readonly<Record<string, readonly string[]>> = {
        a: ["a", "ab", "abc"],
        ab: ["ab", "abc"],
        abc: ["abc"],
        abcd: [],
        b: ["b"],
        ["x".repeat(500)]: [],
      };
      for (const [idPrefix, ids] of Object.entries(expected)) {
        const actual = (await listed(store, COLLECTION, { idPrefix })).map(({ id }) => id);
        check("a list with a prefix contains exactly the ids that begin with it", {
          given: { idPrefix },
          expected: ids,
          actual,
        });
      }
    },
  },
  {
    name: "several lists at the same time have their own documents",
    async run(context) {
      const store = await context.open();
      const documents = sorted(
        await putAll(
          store,
          range(1, 40).map((n) => `${n % 2 === 0 ? "even" : "odd"} ${n}`),
        ),
      );
      const prefixes = ["even", "odd", "", "none", "even"];
      const lists = await Promise.all(prefixes.map((idPrefix) => listed(store, COLLECTION, { idPrefix })));
      for (const [index, idPrefix] of prefixes.entries()) {
        const expected = documents.filter(({ id }) => id.startsWith(idPrefix));
        check(exactly, { given: { idPrefix, atOnce: prefixes }, expected, actual: lists[index] });
      }
    },
  },
  {
    name: "the options of a list are read at the call",
    async run(context) {
      const store = await context.open();
      const documents = sorted(await putAll(store, ["a1", "a2", "b1"]));
      const options: { idPrefix?: string; signal?: AbortSignal } = { idPrefix: "a" };
      const list = store.listDocuments(COLLECTION, options);
      options.idPrefix = "b";
      options.signal = AbortSignal.abort(new Error("too late"));
      check("the options of a list are read at the call", {
        given: 'idPrefix "a", changed to "b" before the first document is requested',
        expected: documents.slice(0, 2),
        actual: sorted(await collect(list)),
      });
    },
  },
  {
    name: "a list that is left early affects nothing",
    async run(context) {
      const store = await context.open();
      const documents = sorted(
        await putAll(
          store,
          range(1, 30).map((n) => `document ${n}`),
        ),
      );
      for (const _ of range(1, 5)) for await (const __ of store.listDocuments(COLLECTION)) break;
      const iterator = store.listDocuments(COLLECTION)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
      check("a list yields nothing after return()", {
        given: "next(), return(), next()",
        expected: { done: true, value: undefined },
        actual: { ...(await iterator.next()) },
      });
      const given = "lists that were left";
      check(exactly, { given, expected: documents, actual: await listed(store, COLLECTION) });
    },
  },
  {
    name: "a list contains each document that exists throughout exactly once, even if documents change meanwhile",
    async run(context) {
      const [reader, writer] = await openReaderAndWriter(context);
      const stable = range(1, 60).map((n) => `stable ${n}`);
      const versions = new Versions();
      for (const { id, revision } of await putAll(writer, stable)) versions.add(id, revision);
      await putAll(
        writer,
        range(1, 60).map((n) => `deleted ${n}`),
      );
      const put = async (id: string): Promise<void> => {
        versions.add(id, await writer.putDocument(COLLECTION, id, { n: 1 }));
      };
      const first = new Map(stable.map((id) => [id, versions.count(id) - 1]));
      const documents: StoredDocument[] = [];
      let step = 0;
      for await (const document of reader.listDocuments(COLLECTION)) {
        documents.push(document);
        step++;
        // Changes before and after the place that a store might have reached.
        if (step > 60) continue;
        await Promise.all([put(stable[step % 60] as string), put(stable[(step * 7) % 60] as string)]);
        await writer.deleteDocument(COLLECTION, `deleted ${step}`);
        await writer.putDocument(COLLECTION, `${step % 2 === 0 ? "a" : "z"} ${step}`, { n: step });
      }
      checkList({ changes: "after each document of the list" }, documents, stable, versions, first);
    },
  },
  {
    name: "a list contains each document that exists throughout exactly once, while a writer is busy",
    async run(context) {
      const [reader, writer] = await openReaderAndWriter(context);
      const stable = range(1, 60).map((n) => `stable ${n}`);
      const versions = new Versions();
      for (const { id, revision } of await putAll(writer, stable)) versions.add(id, revision);
      let isStopped = false;
      const write = async (number: number): Promise<void> => {
        for (let n = number; !isStopped; n++) {
          const id = stable[(n * 7) % 60] as string;
          versions.add(id, await writer.putDocument(COLLECTION, id, { n }));
          await writer.putDocument(COLLECTION, `other ${number} ${n % 4}`, { n });
          await writer.deleteDocument(COLLECTION, `other ${number} ${(n + 2) % 4}`);
          // Stores in memory would otherwise keep the turn.
          await pause(0);
        }
      };
      const writing = write(1);
      writing.catch(() => {});
      const checks: (() => void)[] = [];
      for (const list of range(1, 8)) {
        const first = new Map(stable.map((id) => [id, versions.count(id) - 1]));
        const documents: StoredDocument[] = [];
        for await (const document of reader.listDocuments(COLLECTION)) {
          documents.push(document);
          if (documents.length % 10 === 0) await pause(0);
        }
        checks.push(() => checkList({ list, changes: "by a busy writer" }, documents, stable, versions, first));
      }
      isStopped = true;
      await writing;
      // A list may contain a write that is acknowledged only after the list.
      for (const checkAfterwards of checks) checkAfterwards();
    },
  },
]);

/** Checks that a list contains each document of `stable` once, with a revision that it had during the list. */
function checkList(
  given: unknown,
  documents: readonly StoredDocument[],
  stable: readonly string[],
  versions: Versions,
  first: ReadonlyMap<string, number>,
): void {
  checkDistinct(given, documents);
  const found = new Map(documents.map((document) => [document.id, document]));
  check("a list contains each document that exists throughout", {
    given,
    expected: stable,
    actual: stable.filter((id) => found.has(id)),
  });
  for (const id of stable) {
    const document = found.get(id) as StoredDocument;
    checkFrozen("documents that are listed are deeply frozen", given, document);
    const revisions = versions.of(id, first.get(id) ?? 0);
    check("a document is listed with a revision that it had during the list", {
      given: { ...(given as object), id, revisions },
      expected: true,
      actual: revisions.includes(document.revision),
    });
  }
}
