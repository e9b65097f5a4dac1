import type { Revision } from "@aether/core";
import type { DocumentDamage } from "../../src/index.ts";

/** The stored form of one document, or of its deletion if `json` is `undefined`. */
export interface DocumentRecord {
  readonly key: string;
  readonly collection: string;
  readonly id: string;
  readonly json: string | undefined;
  readonly revision: Revision;
}

/** The storage of reference document stores. Several stores can share it, and it remains after they close. */
export class ReferenceDocumentStorage {
  /** Identifies the storage in revisions. */
  readonly incarnation: string = crypto.randomUUID().replaceAll("-", "");
  /** The documents that exist, by key. */
  readonly documents: Map<string, DocumentRecord> = new Map();
  /** All writes, in the order in which they were made. */
  readonly log: DocumentRecord[] = [];
  /** Called after each write, by the watches that wait for one. */
  readonly waiting: Set<() => void> = new Set();
  #lastSequence = 0;

  nextSequence(): number {
    return ++this.#lastSequence;
  }

  write(record: DocumentRecord): void {
    if (record.json === undefined) this.documents.delete(record.key);
    else this.documents.set(record.key, record);
    this.log.push(record);
    for (const resume of [...this.waiting]) resume();
  }
}

/** The key of a document. No two documents have the same key. */
export function keyOf(collection: string, id: string): string {
  return JSON.stringify([collection, id]);
}

export const referenceDocumentDamage: DocumentDamage<ReferenceDocumentStorage> = {
  malformedValue: (storage, collection, id, bytes) => {
    const revision = `${storage.incarnation}-${storage.nextSequence()}` as Revision;
    const json = new TextDecoder().decode(bytes);
    storage.write({ key: keyOf(collection, id), collection, id, json, revision });
  },
  foreignRecords: (storage) => {
    for (const key of ["", "foreign", '["half']) {
      const record = { key, json: "{}", revision: "?" as Revision } as DocumentRecord;
      storage.write(record);
    }
  },
};
