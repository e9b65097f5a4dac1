import { type Event, type Immutable, InvalidArgumentError, type StoredEvent } from "@aether/core";
import { ChangeQueue, detachJson } from "@aether/store-kit";
import { ProjectionFailedError } from "../errors.ts";
import { type DocumentState, foldEvent } from "../folding/fold.ts";
import type { Projection } from "../projection.ts";
import type { ProjectedDocument, ProjectionChange } from "../reading/projection-reads.ts";

type Change<D extends object> = Exclude<ProjectionChange<D>, { readonly type: "current" }>;

/** The documents of a projection in memory. A document is copied and frozen when it is read for the first time. */
export class MemoryDocuments<E extends Event, D extends object> {
  readonly #projection: Projection<E, D>;
  readonly #states = new Map<string, DocumentState<D> & { isFrozen?: boolean }>();
  readonly #watches = new Set<ChangeQueue<Change<D>>>();

  constructor(projection: Projection<E, D>) {
    this.#projection = projection;
  }

  /** Folds an event into its documents. @throws `AETHER_PROJECTION_FAILED` */
  fold(stored: StoredEvent<E>, ids: readonly string[]): void {
    const states = this.#states;
    for (const id of ids) {
      if (!states.has(id)) states.set(id, { document: undefined, position: undefined, changedBy: undefined });
    }
    foldEvent(this.#projection, stored, ids, states);
    for (const id of ids) {
      const state = states.get(id);
      if (state === undefined) continue;
      // Nothing is repeated in memory, so the position of a deletion is not needed.
      if (state.document === undefined) states.delete(id);
      if (state.changedBy !== stored.event) continue;
      state.isFrozen = false;
      if (this.#watches.size > 0) this.#report(id);
    }
  }

  /** @throws `AETHER_PROJECTION_FAILED` if the document is not JSON */
  get(id: string): Immutable<D> | undefined {
    const state = this.#states.get(id);
    if (state?.document === undefined) return undefined;
    if (state.isFrozen !== true) {
      state.document = this.#frozen(id, state, state.document);
      state.isFrozen = true;
    }
    return state.document;
  }

  /** Lists the documents that exist from the first request to the last. */
  *list(idPrefix: string): Generator<ProjectedDocument<D>, void, undefined> {
    for (const id of [...this.#states.keys()]) {
      const document = id.startsWith(idPrefix) ? this.get(id) : undefined;
      if (document !== undefined) yield { id, document };
    }
  }

  async *watch(idPrefix: string, signal: AbortSignal): AsyncGenerator<ProjectionChange<D>, void, undefined> {
    const queue = new ChangeQueue<Change<D>>();
    this.#watches.add(queue);
    const reported = new Set<string>();
    try {
      for (const { id, document } of this.list(idPrefix)) {
        reported.add(id);
        yield { type: "put", id, document };
      }
      yield { type: "current" };
      for (;;) {
        const change = await queue.next(signal);
        if (!change.id.startsWith(idPrefix)) continue;
        if (change.type === "put") reported.add(change.id);
        else if (!reported.delete(change.id)) continue;
        yield change;
      }
    } finally {
      this.#watches.delete(queue);
    }
  }

  #report(id: string): void {
    const document = this.get(id);
    for (const queue of this.#watches)
      queue.add(id, document === undefined ? { type: "delete", id } : { type: "put", id, document });
  }

  #frozen(id: string, { changedBy, position }: DocumentState<D>, document: Immutable<D>): Immutable<D> {
    return detachJson<Immutable<D>>(document, "document", (argument, reason, flaw) => {
      const cause = new InvalidArgumentError({ argument, reason, cause: flaw });
      if (changedBy === undefined || position === undefined) return cause;
      const { eventType, actorId } = changedBy;
      const { name } = this.#projection;
      return new ProjectionFailedError({ projection: name, documentId: id, eventType, actorId, position, cause });
    });
  }
}
