import {
  abortable,
  type DocumentStore,
  type DocumentWrite,
  type Event,
  type Immutable,
  InvalidArgumentError,
  isAetherError,
  type StoredEvent,
  StoreUnavailableError,
  supports,
} from "@aether/core";
import type { BatchResult, HandlerContext } from "@aether/processor";
import { detachJson, partitionOf } from "@aether/store-kit";
import { ProjectionFailedError } from "../errors.ts";
import type { ActorHistories } from "../folding/actor-histories.ts";
import { type DocumentState, foldEvent } from "../folding/fold.ts";
import { targetsOf, targetsOfPage } from "../folding/targets.ts";
import { inParallel } from "../in-parallel.ts";
import type { Projection } from "../projection.ts";
import { collectionOf, type DocumentRecord, recordOf } from "./stored-projection.ts";
import { TOMBSTONE_MS, type Tombstones } from "./tombstones.ts";
import { type LoadedDocument, WrittenDocuments } from "./written-documents.ts";

export interface PageWriterParts<E extends Event, D extends object> {
  readonly projection: Projection<E, D>;
  readonly documents: DocumentStore;
  readonly partitions: 1 | 16;
  readonly histories: ActorHistories<E>;
  readonly tombstones: Tombstones;
  readonly now: () => number;
}

type Loaded<D extends object> = Map<string, LoadedDocument<D>>;

/** The part of the context that a page needs. */
type PageContext = Pick<HandlerContext, "partition" | "leaseToken" | "signal">;

/**
 * Folds pages of events into stored documents. Each document of a page is read once and written at most once.
 *
 * Two rules make a repeated page harmless, even if a former owner of the partition still writes: a document skips the
 * events up to its own position, and it is written only with the revision that was read. A conflict fails the page, so
 * that it is done again from fresh reads.
 */
export class PageWriter<E extends Event, D extends object> {
  readonly #parts: PageWriterParts<E, D>;
  readonly #collection: string;
  readonly #written: WrittenDocuments<D>;

  constructor(parts: PageWriterParts<E, D>) {
    this.#parts = parts;
    this.#collection = collectionOf(parts.projection);
    this.#written = new WrittenDocuments(parts.partitions);
  }

  /**
   * Handles a page. Returns the writes if the documents can be written together with the checkpoint.
   * @throws `AETHER_REVISION_CONFLICT` and the errors of the stores: another attempt starts from fresh reads
   * @throws `AETHER_PROJECTION_FAILED`
   */
  async handle(events: readonly StoredEvent<E>[], context: PageContext): Promise<BatchResult> {
    const { projection, documents, tombstones, now } = this.#parts;
    const { partition, signal } = context;
    const [first] = events;
    if (first === undefined) return { writes: [] };
    const startedMs = now();
    await tombstones.remove(partition, first.position);
    const loaded = projection.readsDocuments
      ? await this.#foldInTurn(events, partition, signal)
      : await this.#foldTogether(events, context);
    const changed = [...loaded].filter(([, { changedBy }]) => changedBy !== undefined);
    for (const [id, { document }] of changed) if (document === undefined) tombstones.saw(partition, id);
    if (supports(documents, "atomic")) return { writes: changed.map(([id, state]) => this.#writeOf(id, state)) };
    try {
      await inParallel(changed, ([id, state]) => {
        signal.throwIfAborted();
        if (now() - startedMs > TOMBSTONE_MS / 2) throw tooLate();
        return this.#write(id, state, context);
      });
    } catch (error) {
      this.#written.forget(partition);
      throw error;
    }
    return { writes: [] };
  }

  /** Folds a page whose ids do not depend on documents. */
  async #foldTogether(
    events: readonly StoredEvent<E>[],
    { partition, leaseToken, signal }: PageContext,
  ): Promise<Loaded<D>> {
    const { projection } = this.#parts;
    const all = await targetsOfPage(projection, events, this.#historyOf(signal));
    const ids = all.map((each) => this.#own(each, partition));
    const loaded: Loaded<D> = new Map();
    await inParallel([...new Set(ids.flat())], (id) => {
      const written = this.#written.get(partition, leaseToken, id);
      if (written === undefined) return this.#load(id, loaded, signal);
      loaded.set(id, { ...written });
      return undefined;
    });
    for (const [index, stored] of events.entries()) foldEvent(projection, stored, ids[index] ?? [], loaded);
    return loaded;
  }

  /** Folds a page whose ids depend on documents. Documents and checkpoint are written together, by the only owner. */
  async #foldInTurn(events: readonly StoredEvent<E>[], partition: number, signal: AbortSignal): Promise<Loaded<D>> {
    const { projection } = this.#parts;
    const loaded: Loaded<D> = new Map();
    const historyOf = this.#historyOf(signal);
    const read = async (id: string): Promise<Immutable<D> | undefined> => (await load(id))?.document;
    let isStored = false;
    const load = async (id: string): Promise<LoadedDocument<D> | undefined> => {
      const isNew = !loaded.has(id);
      if (isNew) await this.#load(id, loaded, signal);
      const state = loaded.get(id);
      // An earlier attempt has stored the page after all, together with its checkpoint.
      isStored ||= isNew && isAtOrAfter(state, events[0]);
      if (isStored) throw new Error("the page is already stored");
      return state;
    };
    try {
      for (const stored of events) {
        const ids = this.#own(await targetsOf(projection, stored, { historyOf, read }), partition);
        for (const id of ids) await load(id);
        foldEvent(projection, stored, ids, loaded);
      }
    } catch (error) {
      if (!isStored) throw error;
    }
    return isStored ? new Map() : loaded;
  }

  #historyOf(signal: AbortSignal): (event: E) => Promise<readonly E[]> {
    return (event) => abortable(this.#parts.histories.upTo(event), signal);
  }

  /** Returns the ids of the documents that belong to a partition. */
  #own(ids: readonly string[], partition: number): readonly string[] {
    const { partitions } = this.#parts;
    return partitions === 1 ? ids : ids.filter((id) => partitionOf(id) === partition);
  }

  async #load(id: string, loaded: Loaded<D>, signal: AbortSignal): Promise<void> {
    const found = await this.#parts.documents.getDocument(this.#collection, id, { signal });
    const record = found && recordOf<D>(found);
    loaded.set(id, {
      revision: found?.revision ?? "absent",
      document: record?.document ?? undefined,
      position: record?.position,
      changedBy: undefined,
    });
  }

  /** @throws `AETHER_PROJECTION_FAILED` if the document is not JSON */
  #writeOf(id: string, state: LoadedDocument<D>): DocumentWrite {
    const { position, revision } = state;
    // The error of the store would name neither the document nor the event.
    const document = state.document && this.#detached(id, state, state.document);
    const value = { document: document ?? null, position } as DocumentRecord;
    return { type: "put", collection: this.#collection, id, value, expectedRevision: revision };
  }

  async #write(id: string, state: LoadedDocument<D>, { partition, leaseToken, signal }: PageContext): Promise<void> {
    const { documents } = this.#parts;
    // The next page must find what the store returns.
    const document = state.document && this.#detached(id, state, state.document);
    const { position, revision: expectedRevision } = state;
    const value = { document: document ?? null, position } as DocumentRecord;
    try {
      const revision = await documents.putDocument(this.#collection, id, value, { expectedRevision, signal });
      this.#written.set(partition, leaseToken, id, { document, position, revision, changedBy: undefined });
    } catch (error) {
      throw isAetherError(error, "AETHER_INVALID_ARGUMENT") ? this.#failed(id, state, error) : error;
    }
  }

  /** Returns a deeply frozen copy of a document. @throws `AETHER_PROJECTION_FAILED` if it is not JSON */
  #detached(id: string, state: LoadedDocument<D>, document: Immutable<D>): Immutable<D> {
    return detachJson(document, "document", (argument, reason, cause) =>
      this.#failed(id, state, new InvalidArgumentError({ argument, reason, cause })),
    );
  }

  #failed(documentId: string, { changedBy, position }: LoadedDocument<D>, cause: Error): Error {
    if (changedBy === undefined || position === undefined) return cause;
    const { eventType, actorId } = changedBy;
    const projection = this.#parts.projection.name;
    return new ProjectionFailedError({ projection, documentId, eventType, actorId, position, cause });
  }
}

/** Returns true if a document that was just read contains an event at or after another one. */
function isAtOrAfter(state: DocumentState<object> | undefined, first: StoredEvent | undefined): boolean {
  return state?.position !== undefined && first !== undefined && state.position >= first.position;
}

function tooLate(): StoreUnavailableError {
  const reason = `the batch was not written within ${TOMBSTONE_MS / 2} ms, so its reads are outdated`;
  return new StoreUnavailableError({ operation: "write the documents of a batch", reason });
}
