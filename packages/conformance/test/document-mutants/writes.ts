import { type DocumentWriteOptions, InvalidArgumentError, type Revision } from "@aether/core";
import { pause } from "../../src/checks/pause.ts";
import { type PreparedWrite, ReferenceDocumentStore } from "../reference-documents/reference-document-store.ts";
import { type DocumentMutant, documentMutant } from "./mutant.ts";

/** Compares the revision in one step, and writes in a later one. */
class TwoSteps extends ReferenceDocumentStore {
  protected override async write(writes: readonly PreparedWrite[]): Promise<readonly (Revision | undefined)[]> {
    for (const write of writes) this.checkExpected(write);
    await undefined;
    return writes.map((write) => this.apply(write));
  }
}

/** Reads the value of a write only after the call. */
class LateReader extends ReferenceDocumentStore {
  override async putDocument(
    collection: string,
    id: string,
    value: object,
    options?: DocumentWriteOptions,
  ): Promise<Revision> {
    await undefined;
    return super.putDocument(collection, id, value, options);
  }
}

/** The case about the revision of a deleted document. */
const ofDeleted =
  "expected revisions: a write with the revision of a document that no longer exists " +
  "gets a conflict without a current revision";

const counters = new WeakMap<object, Map<string, number>>();

export const writeMutants: readonly DocumentMutant[] = [
  documentMutant(
    "compares the revision in a step of its own",
    [
      "races: of several writers that create the same document, exactly one succeeds",
      "races: of several writers that replace the same revision, exactly one succeeds",
      "races: of several writers that replace or delete the same revision, exactly one succeeds",
      "races: a counter that several writers increase by compare-and-set loses no increment",
      "atomic writes: of several calls that expect the same revisions, exactly one succeeds",
    ],
    TwoSteps,
  ),
  documentMutant(
    "compares the revision after the write",
    ["expected revisions: a write succeeds with the current revision, and only with it"],
    class extends ReferenceDocumentStore {
      protected override async write(writes: readonly PreparedWrite[]): Promise<readonly (Revision | undefined)[]> {
        const before = writes.map(({ collection, id }) => this.record(collection, id)?.revision);
        const revisions = writes.map((write) => this.apply(write));
        writes.forEach(({ collection, id, expectedRevision }, index) => {
          if (expectedRevision !== undefined && expectedRevision !== (before[index] ?? "absent"))
            throw this.conflict(collection, id, expectedRevision as Revision, before[index]);
        });
        return revisions;
      }
    },
  ),
  documentMutant(
    "counts revisions for each document from the beginning",
    [
      "expected revisions: a document that is deleted and created again has a revision that it never had",
      "several open stores: a document that another store has deleted and created again is another one",
      "random calls: after any calls, one after the other, the store has exactly the documents that they leave",
    ],
    class extends ReferenceDocumentStore {
      protected override nextRevision(key: string): Revision {
        const last = Number(this.storage.documents.get(key)?.revision.split("-").at(-1) ?? 0);
        return `${this.storage.incarnation}-${last + 1}` as Revision;
      }
    },
  ),
  documentMutant(
    "keeps the revision if the value is the same",
    ["expected revisions: every write of a document gives it another revision, even if the value is the same"],
    class extends ReferenceDocumentStore {
      protected override apply(write: PreparedWrite): Revision | undefined {
        const current = this.record(write.collection, write.id);
        return current !== undefined && current.json === write.json ? current.revision : super.apply(write);
      }
    },
  ),
  documentMutant(
    "numbers its revisions from the beginning after it was opened again",
    [
      "durability: a revision is still the expected one after the store is reopened",
      "durability: no revision is used again after the store is reopened",
    ],
    class extends ReferenceDocumentStore {
      protected override nextRevision(): Revision {
        const counts = counters.get(this) ?? new Map<string, number>();
        counters.set(this, counts);
        const count = (counts.get("") ?? 0) + 1;
        counts.set("", count);
        return `${this.storage.incarnation}-${count}` as Revision;
      }
    },
  ),
  documentMutant(
    "makes a new incarnation whenever it is opened",
    [
      "durability: a revision is still the expected one after the store is reopened",
      "durability: a reopened store has the same documents, with the same revisions",
    ],
    class extends ReferenceDocumentStore {
      readonly #incarnation = crypto.randomUUID().replaceAll("-", "");
      protected override document(record: Parameters<ReferenceDocumentStore["document"]>[0]) {
        const revision = record.revision.replace(/^[^-]*/, this.#incarnation) as Revision;
        return super.document({ ...record, revision });
      }
    },
  ),
  documentMutant(
    "reports no current revision in a conflict",
    ["expected revisions: a document that must be absent is created only once"],
    class extends ReferenceDocumentStore {
      protected override conflict(collection: string, id: string, expected: Revision | "absent"): Error {
        return super.conflict(collection, id, expected, undefined);
      }
    },
  ),
  documentMutant(
    "remembers the revision of a deleted document in conflicts",
    [ofDeleted],
    class extends ReferenceDocumentStore {
      protected override conflict(
        collection: string,
        id: string,
        expected: Revision | "absent",
        current: Revision | undefined,
      ): Error {
        const last = this.storage.log.findLast((record) => record.collection === collection && record.id === id);
        return super.conflict(collection, id, expected, current ?? last?.revision);
      }
    },
  ),
  documentMutant(
    "deletes a document that must be absent",
    ["expected revisions: a deletion of a document that must be absent has no effect, or gets a conflict"],
    class extends ReferenceDocumentStore {
      protected override checkExpected(write: PreparedWrite): void {
        if (write.json !== undefined || write.expectedRevision !== "absent") super.checkExpected(write);
      }
    },
  ),
  documentMutant(
    "treats an expected revision that is undefined as absent",
    ["expected revisions: an expected revision that is undefined is none"],
    class extends ReferenceDocumentStore {
      protected override readExpectation(options: DocumentWriteOptions | undefined): string | undefined {
        const expected = super.readExpectation(options);
        return options !== undefined && "expectedRevision" in options && expected === undefined ? "absent" : expected;
      }
    },
  ),
  documentMutant(
    "has revisions that JSON changes",
    ["expected revisions: a revision is a text that JSON can contain"],
    class extends ReferenceDocumentStore {
      protected override nextRevision(key: string): Revision {
        return Object(super.nextRevision(key)) as Revision;
      }
    },
  ),
  documentMutant(
    "compares only the number of a revision",
    ["expected revisions: a revision of another storage is never the current one"],
    class extends ReferenceDocumentStore {
      protected override checkExpected(write: PreparedWrite): void {
        const { expectedRevision } = write;
        const own = expectedRevision?.replace(/^[0-9a-f]{32}-/, `${this.storage.incarnation}-`);
        super.checkExpected({ ...write, expectedRevision: own });
      }
    },
  ),
  documentMutant(
    "accepts any text as an expected revision",
    ["invalid input: an expected revision that the store cannot have given is rejected"],
    class extends ReferenceDocumentStore {
      protected override checkExpectation(expected: unknown): string | undefined {
        return expected as string | undefined;
      }
    },
  ),
  documentMutant(
    "loses writes of different documents that overlap",
    ["races: writes of different documents at the same time do not affect each other"],
    class extends ReferenceDocumentStore {
      protected override async write(writes: readonly PreparedWrite[]): Promise<readonly (Revision | undefined)[]> {
        const before = new Map(this.storage.documents);
        await undefined;
        for (const write of writes) this.checkExpected(write);
        const revisions = writes.map((write) => this.apply(write));
        const own = writes.map(({ collection, id }) => this.entry(collection, id));
        this.storage.documents.clear();
        for (const [key, record] of [...before, ...own]) {
          if (record === undefined) this.storage.documents.delete(key);
          else this.storage.documents.set(key, record);
        }
        return revisions;
      }
      protected entry(collection: string, id: string) {
        return [this.key(collection, id), this.record(collection, id)] as const;
      }
    },
  ),
  documentMutant(
    "reads the value and the revision in two steps",
    ["races: a read during writes returns a value that was written, with its revision"],
    class extends ReferenceDocumentStore {
      override async getDocument<Value extends object>(...args: Parameters<ReferenceDocumentStore["getDocument"]>) {
        const first = await super.getDocument<Value>(...args);
        await undefined;
        const second = await super.getDocument<Value>(...args);
        return first && second && Object.freeze({ ...first, revision: second.revision });
      }
    },
  ),
  documentMutant(
    "reads the arguments of a put after the call",
    [
      "immutability: a value is copied when putDocument is called",
      "immutability: the options of a write are read at the call",
    ],
    LateReader,
  ),
  documentMutant(
    "deletes every document with the same id",
    ["putting and getting: a deletion removes the document, and no other one"],
    class extends ReferenceDocumentStore {
      protected override apply(write: PreparedWrite): Revision | undefined {
        const same = [...this.storage.documents.values()].filter(({ id }) => id === write.id);
        if (write.json === undefined) for (const { collection, id } of same) super.apply({ ...write, collection, id });
        return super.apply(write);
      }
    },
  ),
  documentMutant(
    "rejects the deletion of a document that does not exist",
    ["putting and getting: a deletion of a document that does not exist has no effect"],
    class extends ReferenceDocumentStore {
      protected override apply(write: PreparedWrite): Revision | undefined {
        if (write.json === undefined && this.record(write.collection, write.id) === undefined)
          throw new InvalidArgumentError({ argument: "id", reason: "does not exist" });
        return super.apply(write);
      }
    },
  ),
  documentMutant(
    "writes up to the first conflict",
    ["atomic writes: if one write gets a conflict, wherever it is, nothing is written"],
    class extends ReferenceDocumentStore {
      protected override async write(writes: readonly PreparedWrite[]): Promise<readonly (Revision | undefined)[]> {
        return writes.map((write) => {
          this.checkExpected(write);
          return this.apply(write);
        });
      }
    },
  ),
  documentMutant(
    "leaves out deletions from the result of several writes",
    ["atomic writes: the result has the revision of each put, in the order of the writes, and undefined for deletions"],
    class extends ReferenceDocumentStore {
      override async writeDocuments(...args: Parameters<ReferenceDocumentStore["writeDocuments"]>) {
        return (await super.writeDocuments(...args)).filter((revision) => revision !== undefined);
      }
    },
  ),
  documentMutant(
    "leaves out invalid writes",
    ["atomic writes: if one write is invalid, wherever it is, nothing is written"],
    class extends ReferenceDocumentStore {
      protected override prepareAll(writes: Parameters<ReferenceDocumentStore["prepareAll"]>[0]) {
        return [...writes].flatMap((write) => {
          try {
            return super.prepareAll([write]);
          } catch {
            return [];
          }
        });
      }
    },
  ),
  documentMutant(
    "accepts two writes of the same document in one call",
    ["atomic writes: two writes of the same document in one call are rejected"],
    class extends ReferenceDocumentStore {
      protected override checkDistinct(): void {}
    },
  ),
  documentMutant(
    "reads the writes after the call",
    ["atomic writes: the writes are copied when writeDocuments is called"],
    class extends ReferenceDocumentStore {
      override async writeDocuments(...args: Parameters<ReferenceDocumentStore["writeDocuments"]>) {
        await undefined;
        return super.writeDocuments(...args);
      }
    },
  ),
  documentMutant(
    "makes a write that it reports as aborted",
    ["aborting: a write that is aborted in flight is made, not made, or of unknown outcome, as it reports"],
    class extends ReferenceDocumentStore {
      override async putDocument(...args: Parameters<ReferenceDocumentStore["putDocument"]>): Promise<Revision> {
        const revision = await super.putDocument(...args);
        await pause(1);
        args[3]?.signal?.throwIfAborted();
        return revision;
      }
    },
  ),
  documentMutant(
    "writes although the signal is aborted",
    ["aborting: a call with an aborted signal rejects with signal.reason and writes nothing"],
    class extends ReferenceDocumentStore {
      protected override checkOpen(_: AbortSignal | undefined): void {
        super.checkOpen(undefined);
      }
    },
  ),
];
