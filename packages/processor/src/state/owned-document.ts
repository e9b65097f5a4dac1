import {
  abortable,
  type DocumentStore,
  type DocumentWrite,
  type ExpectedRevision,
  isAetherError,
  type Revision,
  type StoredDocument,
  supports,
  UnsupportedError,
} from "@aether/core";
import { isUndecided } from "./passing-errors.ts";
import { collectionOf } from "./processor-documents.ts";

/** Fields of a document that has an owner. */
export interface Owned {
  /** Random text. Each owner has another one. */
  readonly token: string;
  /** Number of the owner's write, ascending. */
  readonly write: number;
}

/** Place of a processor's document. */
export interface DocumentPlace {
  readonly documents: DocumentStore;
  /** Name of the processor. */
  readonly name: string;
  readonly id: string;
}

/** Result of a write. */
export type OwnedWrite =
  /** `current` is the document if it was read again: it is the written one, or another process has changed it since. */
  | { readonly status: "written"; readonly current?: StoredDocument | undefined }
  /** The document has another state than expected, or none. Nothing was written. */
  | { readonly status: "conflict"; readonly current: StoredDocument | undefined };

/** Writes a document by compare-and-set, and finds out whether a write with an unknown outcome was stored. */
export class OwnedDocument<Value extends Owned> {
  readonly #place: DocumentPlace;
  #revision: ExpectedRevision;

  /** @param revision - revision that the document has, as far as is known */
  constructor(place: DocumentPlace, revision: ExpectedRevision) {
    this.#place = place;
    this.#revision = revision;
  }

  /** Continues with another state of the document. */
  adopt(current: StoredDocument | undefined): void {
    this.#revision = current?.revision ?? "absent";
  }

  /**
   * Writes a value if the document is in the known state.
   * @param others - writes of other documents that are stored together with the value
   * @throws the errors of the store. The outcome is unknown if the document cannot be read again.
   * @throws `AETHER_UNSUPPORTED` if there are other writes, and the store is not `atomic`
   */
  async write(
    value: Value,
    signal: AbortSignal | undefined,
    others: readonly DocumentWrite[] = [],
  ): Promise<OwnedWrite> {
    const { documents, name, id } = this.#place;
    try {
      this.#revision = await abortable(this.#put(value, others, signal), signal);
      return { status: "written" };
    } catch (error) {
      if (!isUndecided(error)) throw error;
      const current = await abortable(documents.getDocument(collectionOf(name), id, { signal }), signal);
      const { token, write } = (current?.value ?? {}) as Partial<Owned>;
      if (token !== value.token || write !== value.write) {
        const isOfOther =
          isAetherError(error, "AETHER_REVISION_CONFLICT") &&
          (error.id !== id || error.collection !== collectionOf(name));
        // If this document has changed, too, an earlier write was stored late, together with the other documents.
        if (isOfOther && (current?.revision ?? "absent") === this.#revision) throw error;
        return { status: "conflict", current };
      }
      this.adopt(current);
      return { status: "written", current };
    }
  }

  async #put(value: Value, others: readonly DocumentWrite[], signal: AbortSignal | undefined): Promise<Revision> {
    const { documents, name, id } = this.#place;
    const collection = collectionOf(name);
    const expectedRevision = this.#revision;
    if (others.length === 0) return documents.putDocument(collection, id, value, { expectedRevision, signal });
    if (!supports(documents, "atomic")) throw new UnsupportedError({ capability: "atomic" });
    const own: DocumentWrite = { type: "put", collection, id, value, expectedRevision };
    const [revision] = await documents.writeDocuments([own, ...others], { signal });
    return revision as Revision;
  }
}
