import { type DocumentStore, type Immutable, type Position, supports, UnsupportedError } from "@aether/core";
import { collectionOf, type ProjectionVersion, recordOf } from "../documents/stored-projection.ts";
import type {
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReadOptions,
  ProjectionReads,
} from "./projection-reads.ts";
import { checkDocumentId, type ResolvedRead, resolveRead } from "./read-options.ts";

/** Time and signal of a wait. */
export interface WaitLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface DocumentReaderParts {
  readonly documents: DocumentStore;
  readonly projection: ProjectionVersion;
  /** Waits until the projection has handled everything up to a position. */
  readonly waitFor: (position: Position, limits: WaitLimits) => Promise<void>;
  /** Called with the record of each deletion that a read finds. */
  readonly onTombstone: (id: string) => void;
}

/** Reads the documents of a projection from a document store. */
export class DocumentReader<D extends object> implements ProjectionReads<D> {
  readonly #parts: DocumentReaderParts;
  readonly #collection: string;

  constructor(parts: DocumentReaderParts) {
    this.#parts = parts;
    this.#collection = collectionOf(parts.projection);
  }

  async get(id: string, options?: ProjectionReadOptions): Promise<Immutable<D> | undefined> {
    checkDocumentId(id);
    const read = resolveRead(options);
    await this.#wait(read);
    const { signal } = read;
    const found = await this.#parts.documents.getDocument(this.#collection, id, { signal });
    return (found && recordOf<D>(found).document) ?? undefined;
  }

  list(options?: ProjectionListOptions): AsyncIterable<ProjectedDocument<D>> {
    return { [Symbol.asyncIterator]: () => this.#list(options) };
  }

  watch(options?: ProjectionListOptions): AsyncIterable<ProjectionChange<D>> {
    return { [Symbol.asyncIterator]: () => this.#watch(options) };
  }

  async *#list(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectedDocument<D>, void, undefined> {
    const read = resolveRead(options);
    await this.#wait(read);
    const { idPrefix, signal } = read;
    for await (const found of this.#parts.documents.listDocuments(this.#collection, { idPrefix, signal })) {
      const { document } = recordOf<D>(found);
      if (document === null) this.#parts.onTombstone(found.id);
      else yield { id: found.id, document };
    }
  }

  async *#watch(options: ProjectionListOptions | undefined): AsyncGenerator<ProjectionChange<D>, void, undefined> {
    const { documents } = this.#parts;
    const read = resolveRead(options);
    if (!supports(documents, "watch")) throw new UnsupportedError({ capability: "watch" });
    await this.#wait(read);
    const { idPrefix, signal } = read;
    /** Ids of the documents that exist, as far as they were reported. */
    const reported = new Set<string>();
    for await (const change of documents.watchDocuments(this.#collection, { idPrefix, signal })) {
      if (change.type === "current") yield change;
      else if (change.type === "delete") {
        if (reported.delete(change.id)) yield { type: "delete", id: change.id };
      } else {
        const { id } = change.document;
        const { document } = recordOf<D>(change.document);
        if (document !== null) {
          reported.add(id);
          yield { type: "put", id, document };
        } else {
          this.#parts.onTombstone(id);
          if (reported.delete(id)) yield { type: "delete", id };
        }
      }
    }
  }

  async #wait({ atLeast, timeoutMs, signal }: ResolvedRead): Promise<void> {
    if (atLeast !== undefined) await this.#parts.waitFor(atLeast, { timeoutMs, signal });
  }
}
