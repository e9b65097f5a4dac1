import { type Event, type Immutable, InvalidArgumentError, type Position, type StoredEvent } from "@aether/core";
import { detachJson } from "@aether/store-kit";
import { ProjectionFailedError } from "../errors.ts";
import type { Projection } from "../projection.ts";
import { isJsonChange } from "./is-json.ts";

/** A document while events are folded into it. */
export interface DocumentState<D extends object> {
  /** `undefined` if the document does not exist, or was deleted. */
  document: Immutable<D> | undefined;
  /** Position of the last event that changed the document; `undefined` if it never existed. */
  position: Position | undefined;
  /** The last event that was folded into the document; `undefined` if none has changed it. */
  changedBy: Event | undefined;
}

/**
 * Folds an event into documents. An event that a document already contains is skipped.
 * @param states - the current documents by id, with an entry for each of the ids
 * @throws `AETHER_PROJECTION_FAILED`
 */
export function foldEvent<E extends Event, D extends object>(
  projection: Projection<E, D>,
  stored: StoredEvent<E>,
  ids: readonly string[],
  states: ReadonlyMap<string, DocumentState<D>>,
): void {
  const { event, position } = stored;
  for (const id of ids) {
    const state = states.get(id);
    if (state === undefined || (state.position !== undefined && position <= state.position)) continue;
    const next = evolved(projection, state.document, stored, id);
    if (next === state.document) continue;
    state.document = next;
    state.position = position;
    state.changedBy = event;
  }
}

/**
 * Returns a document after an event.
 * @param document - the document before the event, which was returned for an earlier event or comes from a store
 * @throws `AETHER_PROJECTION_FAILED`, even if the result is not JSON: only now is it certain which event is the reason
 */
export function evolved<E extends Event, D extends object>(
  projection: Projection<E, D>,
  document: Immutable<D> | undefined,
  stored: StoredEvent<E>,
  id: string,
): Immutable<D> | undefined {
  const { event, position } = stored;
  const evolve = projection.evolve[event.eventType as E["eventType"]] as
    | ((document: Immutable<D> | undefined, event: E, context: object) => Immutable<D> | undefined)
    | undefined;
  if (evolve === undefined) return document;
  try {
    const next = evolve(document, event, { id, position });
    if (next !== undefined && next !== document) checkDocument(next, document);
    return next;
  } catch (cause) {
    throw failed(projection, stored, id, cause);
  }
}

function checkDocument(next: object, earlier: object | undefined): void {
  if (typeof next !== "object" || next === null) throw new TypeError("evolve must return an object or undefined");
  if (next instanceof Promise) {
    next.catch(() => {}); // Otherwise its rejection could end the process.
    throw new TypeError("evolve must not return a promise, so it cannot be async");
  }
  if (!Array.isArray(next) && isJsonChange(next, earlier)) return;
  detachJson(next, "document", (argument, reason, cause) => new InvalidArgumentError({ argument, reason, cause }));
}

function failed<E extends Event, D extends object>(
  { name }: Projection<E, D>,
  { event: { eventType, actorId }, position }: StoredEvent<E>,
  documentId: string,
  cause: unknown,
): ProjectionFailedError {
  return new ProjectionFailedError({ projection: name, documentId, eventType, actorId, position, cause });
}
