import type { ExpectedRevision } from "@aether/core";
import type { DocumentState } from "../folding/fold.ts";

/** A document that was read for a page, or was written for an earlier one. */
export interface LoadedDocument<D extends object> extends DocumentState<D> {
  readonly revision: ExpectedRevision;
}

/** Maximum number of documents that are kept in all partitions. */
const MAX_DOCUMENTS = 10_000;

/**
 * The documents that this process has written as the owner of partitions, so that the next page need not read them.
 * Those of recently used documents are kept.
 *
 * They are a fold of all events that the owner has handled, because an owner handles all events that follow, in order,
 * until another one takes over. A late write of a former owner can make them outdated, but never wrong: the next event
 * that changes the document leads to a conflict, and the page is done again from fresh reads.
 */
export class WrittenDocuments<D extends object> {
  readonly #maxPerPartition: number;
  readonly #partitions = new Map<number, { readonly token: string; readonly kept: Map<string, LoadedDocument<D>> }>();

  constructor(partitions: number) {
    this.#maxPerPartition = Math.ceil(MAX_DOCUMENTS / partitions);
  }

  /** Returns a document, as it was written in this ownership of the partition. */
  get(partition: number, token: string, id: string): LoadedDocument<D> | undefined {
    const kept = this.#of(partition, token);
    const found = kept.get(id);
    if (found === undefined) return undefined;
    kept.delete(id);
    kept.set(id, found);
    return found;
  }

  /** Keeps a document that was written. Deletions are not kept, because their records are removed some time later. */
  set(partition: number, token: string, id: string, written: LoadedDocument<D>): void {
    const kept = this.#of(partition, token);
    kept.delete(id);
    if (written.document === undefined) return;
    kept.set(id, written);
    if (kept.size <= this.#maxPerPartition) return;
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }

  /** Forgets the documents of a partition. */
  forget(partition: number): void {
    this.#partitions.delete(partition);
  }

  #of(partition: number, token: string): Map<string, LoadedDocument<D>> {
    const current = this.#partitions.get(partition);
    if (current?.token === token) return current.kept;
    const kept = new Map<string, LoadedDocument<D>>();
    this.#partitions.set(partition, { token, kept });
    return kept;
  }
}
