import { type DocumentStore, isAetherError, type Position } from "@aether/core";
import { recordOf } from "./stored-projection.ts";

/**
 * Time after which the record of a deletion is removed, in milliseconds. Until then, a former owner that still writes
 * a document finds the position of the deletion. A page that lasts half as long is not written.
 */
export const TOMBSTONE_MS = 600_000;

/** Maximum number of deletions to remember per partition. */
const MAX_REMEMBERED = 100_000;

/** Maximum number of records to remove before a page. */
const MAX_REMOVED = 100;

/** Removes the records of deletions once they are no longer needed. Records that it does not know remain. */
export class Tombstones {
  readonly #documents: DocumentStore;
  readonly #collection: string;
  readonly #now: () => number;
  /** By partition: the time when each record was seen, in the order of time. */
  readonly #seen = new Map<number, Map<string, number>>();

  constructor(documents: DocumentStore, collection: string, now: () => number) {
    this.#documents = documents;
    this.#collection = collection;
    this.#now = now;
  }

  /** Remembers that the record of a deletion exists. */
  saw(partition: number, id: string): void {
    const seen = this.#seen.get(partition) ?? new Map<string, number>();
    this.#seen.set(partition, seen);
    if (!seen.has(id) && seen.size < MAX_REMEMBERED) seen.set(id, this.#now());
  }

  /**
   * Removes old records of deletions before a position, up to which all events are handled. Never rejects: a record
   * that remains does no harm.
   */
  async remove(partition: number, before: Position): Promise<void> {
    const seen = this.#seen.get(partition);
    if (seen === undefined) return;
    const due: string[] = [];
    for (const [id, seenMs] of seen) {
      if (due.length === MAX_REMOVED || this.#now() - seenMs < TOMBSTONE_MS) break;
      seen.delete(id);
      due.push(id);
    }
    await Promise.all(due.map((id) => this.#remove(id, before).catch(() => {})));
  }

  async #remove(id: string, before: Position): Promise<void> {
    const found = await this.#documents.getDocument(this.#collection, id);
    if (found === undefined) return;
    const { document, position } = recordOf(found);
    if (document !== null || position >= before) return;
    try {
      await this.#documents.deleteDocument(this.#collection, id, { expectedRevision: found.revision });
    } catch (error) {
      if (!isAetherError(error)) throw error;
    }
  }
}
