import type { DocumentChange, DocumentStore, StoredDocument, WatchingDocumentStore } from "@aether/core";
import { check, checkFrozen, checkRejects, checkRejectsWith } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import { allActorIds } from "../samples/hostile-actor-ids.ts";
import { SeededRandom } from "../samples/seeded-random.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type DocumentCase, type DocumentCaseContext, documentCaseGroup } from "../suite/document-case.ts";
import { COLLECTION, listed, putAll, sorted } from "./reading.ts";

/** A watch that is read in the background, and the view of the documents that a program would keep. */
class View {
  readonly documents = new Map<string, StoredDocument>();
  /** The reported changes: `current`, or the kind of the change and the id. */
  readonly log: string[] = [];
  readonly done: Promise<void>;
  readonly #stop = new AbortController();

  constructor(store: WatchingDocumentStore, collection: string, idPrefix?: string) {
    this.done = this.#follow(store.watchDocuments(collection, { idPrefix, signal: this.#stop.signal }));
    this.done.catch(() => {});
  }

  get isCurrent(): boolean {
    return this.log.includes("current");
  }

  get contents(): readonly StoredDocument[] {
    return sorted([...this.documents.values()]);
  }

  stop(): void {
    this.#stop.abort("enough");
  }

  async #follow(changes: AsyncIterable<DocumentChange>): Promise<void> {
    for await (const change of changes) {
      if (change.type === "put") this.documents.set(change.document.id, change.document);
      if (change.type === "delete") this.documents.delete(change.id);
      if (change.type === "put") checkFrozen("documents that a watch reports are deeply frozen", {}, change.document);
      this.log.push(change.type === "current" ? "current" : `${change.type} ${idOf(change)}`);
    }
  }
}

function idOf(change: DocumentChange): string {
  return change.type === "put" ? change.document.id : change.type === "delete" ? change.id : "";
}

async function openBoth(context: DocumentCaseContext): Promise<readonly [WatchingDocumentStore, DocumentStore]> {
  const watching = await context.open("watch");
  return [watching, context.supports.shared ? await context.open() : watching];
}

/** Waits until a document that is written last is in the view. Then checks that the view equals the documents. */
async function checkView(
  context: DocumentCaseContext,
  [store, view]: readonly [DocumentStore, View],
  given: unknown,
): Promise<void> {
  await store.putDocument(COLLECTION, "the last one", { end: true });
  await context.waitFor("the last document in the watch", () => view.documents.has("the last one"));
  const expected = await listed(store, COLLECTION);
  check("a view that is built from a watch equals the documents", { given, expected, actual: view.contents });
}

export const watching: readonly DocumentCase[] = documentCaseGroup(
  "watching",
  [
    {
      name: "a watch reports the documents of the collection, then current once, then changes",
      async run(context) {
        const [store, writer] = await openBoth(context);
        const documents = await putAll(writer, ["a", "b", "c"]);
        await putAll(writer, ["a", "z"], "other");
        await writer.deleteDocument(COLLECTION, "c");
        const view = new View(store, COLLECTION);
        await context.waitFor("the mark current", () => view.isCurrent);
        const given = "a and b exist, c was deleted";
        const before = view.log.slice(0, view.log.indexOf("current"));
        // A deletion from before the watch may be reported.
        const puts = before.filter((each) => each.startsWith("put")).sort();
        check("each document is reported before current", { given, expected: ["put a", "put b"], actual: puts });
        check("with its value and revision", { given, expected: documents.slice(0, 2), actual: view.contents });
        await writer.putDocument(COLLECTION, "d", { n: 4 });
        await context.waitFor("a put", () => view.documents.has("d"));
        await writer.putDocument("other", "e", {});
        await writer.deleteDocument(COLLECTION, "a");
        await context.waitFor("a deletion", () => !view.documents.has("a"));
        await checkView(context, [writer, view], "puts and deletions, one after the other");
        const marks = view.log.filter((each) => each === "current").length;
        check("current is reported once", { given: view.log, expected: 1, actual: marks });
        const foreign = view.log.filter((each) => each === "put e" || each === "put z");
        check("documents of other collections are not reported", { given: view.log, expected: [], actual: foreign });
        view.stop();
      },
    },
    {
      name: "a watch of an empty collection is current at once",
      async run(context) {
        const [store, writer] = await openBoth(context);
        await putAll(writer, ["a"], "other");
        for (const collection of [COLLECTION, "", "othe", "*", ">"]) {
          const view = new View(store, collection);
          await context.waitFor("the mark current", () => view.isCurrent);
          check("nothing is reported before current", { given: collection, expected: ["current"], actual: view.log });
          await writer.putDocument(collection, "first", { n: 1 });
          await context.waitFor("the first document", () => view.documents.has("first"));
          view.stop();
        }
      },
    },
    {
      name: "a watch with a prefix reports exactly the ids that begin with it",
      async run(context) {
        const [store, writer] = await openBoth(context);
        const prefixes = ["order-", "order", "o*", "%", "_", "a.", "", "é", "order-1"];
        const views = prefixes.map((prefix) => new View(store, COLLECTION, prefix));
        for (const view of views) await context.waitFor("the mark current", () => view.isCurrent);
        const ids = [
          ...allActorIds.slice(0, 40),
          "order-1",
          "order-10",
          "Order-1",
          "o*x",
          "order",
          "a.b",
          "aXb",
          "%x",
          "_y",
          "é1",
        ];
        await putAll(writer, ids);
        for (const id of ids.slice(0, 5)) await writer.deleteDocument(COLLECTION, id);
        for (const [index, view] of views.entries()) {
          const prefix = prefixes[index] ?? "";
          await writer.putDocument(COLLECTION, `${prefix}~end`, {});
          await context.waitFor("the last document", () => view.documents.has(`${prefix}~end`));
          const expected = (await listed(writer, COLLECTION))
            .filter(({ id }) => id.startsWith(prefix))
            .map(({ id }) => id);
          const wanted = expected.filter((id) => !id.endsWith("~end") || id === `${prefix}~end`);
          const actual = view.contents
            .map(({ id }) => id)
            .filter((id) => !id.endsWith("~end") || id === `${prefix}~end`);
          check("a watch with a prefix reports exactly the ids that begin with it", {
            given: { prefix },
            expected: wanted,
            actual,
          });
          view.stop();
        }
      },
    },
    {
      name: "no last value is missed, even if documents change while the watch begins",
      async run(context) {
        const [store, writer] = await openBoth(context);
        const ids = range(1, 20).map((n) => `document ${n}`);
        for (const round of range(1, 6)) {
          await putAll(writer, ids);
          const random = new SeededRandom(round);
          const views = [new View(store, COLLECTION)];
          for (const n of range(1, 60)) {
            const id = random.pick(ids);
            if (random.below(4) === 0) await writer.deleteDocument(COLLECTION, id);
            else await writer.putDocument(COLLECTION, id, { round, n });
            if (n % 20 === 0) views.push(new View(store, COLLECTION));
          }
          await writer.deleteDocument(COLLECTION, "the last one");
          for (const view of views) {
            await context.waitFor("the mark current", () => view.isCurrent);
            await writer.deleteDocument(COLLECTION, "the last one");
            await context.waitFor("its deletion", () => !view.documents.has("the last one"));
            await checkView(context, [writer, view], { round, writes: 60 });
            view.stop();
          }
        }
      },
    },
    {
      name: "no last value is missed by a reader that is slower than the writers",
      async run(context) {
        const [store, writer] = await openBoth(context);
        const iterator = store.watchDocuments(COLLECTION)[Symbol.asyncIterator]();
        const first = await iterator.next();
        check("a watch of an empty collection is current", {
          given: "no documents",
          expected: { type: "current" },
          actual: first.value,
        });
        for (const n of range(1, 200)) await writer.putDocument(COLLECTION, `document ${n % 7}`, { n });
        await writer.deleteDocument(COLLECTION, "document 3");
        await writer.putDocument(COLLECTION, "end", {});
        const view = new Map<string, StoredDocument>();
        while (!view.has("end")) {
          const { value } = await iterator.next();
          if (value?.type === "put") view.set(value.document.id, value.document);
          if (value?.type === "delete") view.delete(value.id);
        }
        await iterator.return?.();
        const given = "200 puts of 7 documents, and a deletion, before the second change is requested";
        const actual = sorted([...view.values()]);
        check("no last value is missed", { given, expected: await listed(writer, COLLECTION), actual });
      },
    },
    {
      name: "leaving the loop or aborting the signal ends a watch, even while it waits",
      async run(context) {
        const [store, writer] = await openBoth(context);
        await putAll(writer, ["a", "b"]);
        for await (const _ of store.watchDocuments(COLLECTION)) break;
        for (const reason of [new Error("enough"), "a text", null, undefined]) {
          const { signal, abort, listeners } = watchedSignal();
          const iterator = store.watchDocuments(COLLECTION, { signal })[Symbol.asyncIterator]();
          for (let type = ""; type !== "current"; ) type = (await iterator.next()).value?.type ?? "current";
          const waiting = iterator.next();
          waiting.catch(() => {});
          abort(reason);
          const guarantee = "a watch whose signal is aborted rejects with signal.reason";
          await checkRejectsWith(guarantee, { reason }, waiting, signal.reason);
          check("no listener of a watch that has ended is left on its signal", {
            given: "an abort",
            expected: { listeners: 0 },
            actual: { listeners: listeners() },
          });
        }
        const iterator = store.watchDocuments(COLLECTION)[Symbol.asyncIterator]();
        for (let type = ""; type !== "current"; ) type = (await iterator.next()).value?.type ?? "current";
        const waiting = iterator.next();
        await iterator.return?.();
        check("a request that waits ends when the loop is left", {
          given: "return()",
          expected: { done: true, value: undefined },
          actual: await waiting,
        });
      },
    },
    {
      name: "close ends a watch with StoreClosedError",
      async run(context) {
        const store = await context.open("watch");
        await putAll(store, ["a"]);
        const iterator = store.watchDocuments(COLLECTION)[Symbol.asyncIterator]();
        for (let type = ""; type !== "current"; ) type = (await iterator.next()).value?.type ?? "current";
        const waiting = iterator.next();
        waiting.catch(() => {});
        await store.close();
        const given = "a watch that waits while the store is closed";
        await checkRejects("close ends a watch", given, waiting, { code: "AETHER_STORE_CLOSED" });
      },
    },
  ],
  ["watch"],
);
