import { type Event, type Immutable, InvalidArgumentError, type StoredEvent } from "@aether/core";
import { ChangeQueue, detachJson } from "@aether/store-kit";
import { ProjectionFailedError } from "../errors.ts";
import { evolved } from "../folding/fold.ts";
import type { Projection } from "../projection.ts";
import type { ProjectedDocument, ProjectionChange } from "../reading/projection-reads.ts";

type Change<D extends object> = Exclude<ProjectionChange<D>, { readonly type: "current" }>;

/** A document in memory. */
interface MemoryDocument<E extends Event, D extends object> {
  document: Immutable<D>;
  /** The last event that has changed the document. */
  changedBy: StoredEvent<E>;
  /** True if the document was copied and frozen. */
  isFrozen: boolean;
}

/**
 * The documents of a projection in memory. A document is copied and frozen when it is read for the first time. No event
 * is folded twice, so documents need no position, and deletions leave nothing.
 */
export class MemoryDocuments<E extends Event, D extends object> {
  readonly #projection: Projection<E, D>;
  readonly #states = new Map<string, MemoryDocument<E, D>>();
  readonly #watches = new Set<ChangeQueue<Change<D>>>();

  constructor(projection: Projection<E, D>) {
    this.#projection = projection;
  }

  /** Folds an event into a document. @throws `AETHER_PROJECTION_FAILED` */
  fold(stored: StoredEvent<E>, id: string): void {
    const states = this.#states;
    const state = states.get(id);
    const next = evolved(this.#projection, state?.document, stored, id);
    if (next === state?.document) return;
    if (next === undefined) states.delete(id);
    else if (state === undefined) states.set(id, { document: next, changedBy: stored, isFrozen: false });
    else {
      state.document = next;
      state.changedBy = stored;
      state.isFrozen = false;
    }
    if (this.#watches.size > 0) this.#report(id);
  }

  /** @throws `AETHER_PROJECTION_FAILED` if the document is not JSON */
  get(id: string): Immutable<D> | undefined {
    const state = this.#states.get(id);
    if (state === undefined) return undefined;
    if (!state.isFrozen) {
      state.document = this.#frozen(id, state);
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

  #frozen(id: string, { document, changedBy }: MemoryDocument<E, D>): Immutable<D> {
    return detachJson<Immutable<D>>(document, "document", (argument, reason, flaw) => {
      const { eventType, actorId } = changedBy.event;
      return new ProjectionFailedError({
        projection: this.#projection.name,
        documentId: id,
        eventType,
        actorId,
        position: changedBy.position,
        cause: new InvalidArgumentError({ argument, reason, cause: flaw }),
      });
    });
  }
}
