import { type Event, type Immutable, invalid, type StoredEvent } from "@aether/core";
import { ProjectionFailedError } from "../errors.ts";
import { inParallel } from "../in-parallel.ts";
import type { DocumentIdContext, DocumentIds, Projection } from "../projection.ts";

/** Sources of the context of `documentId`. */
export interface TargetSources<E extends Event, D extends object> {
  readonly historyOf: (event: E) => Promise<readonly E[]>;
  readonly read: (id: string) => Promise<Immutable<D> | undefined>;
}

/** The context of one call of `documentId`. Its functions are created when they are needed. */
class TargetContext<E extends Event, D extends object> implements DocumentIdContext<E, D> {
  readonly #event: E;
  readonly #sources: TargetSources<E, D>;
  readonly #mayRead: boolean;
  /** Errors of the sources are not errors of the definition: another attempt may succeed. */
  sourceError: { readonly error: unknown } | undefined;

  constructor(event: E, sources: TargetSources<E, D>, mayRead: boolean) {
    this.#event = event;
    this.#sources = sources;
    this.#mayRead = mayRead;
  }

  get history(): () => Promise<readonly E[]> {
    return () => this.#noted(this.#sources.historyOf(this.#event));
  }

  get read(): (id: string) => Promise<Immutable<D> | undefined> {
    return (id) => (this.#mayRead ? this.#noted(this.#sources.read(id)) : Promise.reject(mayNotRead()));
  }

  #noted<T>(call: Promise<T>): Promise<T> {
    return call.catch((error: unknown) => {
      this.sourceError = { error };
      throw error;
    });
  }
}

/**
 * Returns the ids of the documents that an event changes, each once. Returns a promise only if `documentId` does.
 * @throws `AETHER_PROJECTION_FAILED`, and the errors of the sources
 */
export function targetsOf<E extends Event, D extends object>(
  projection: Projection<E, D>,
  { event, position }: StoredEvent<E>,
  sources: TargetSources<E, D>,
): readonly string[] | Promise<readonly string[]> {
  const { name, documentId, readsDocuments } = projection;
  if (documentId === undefined) return [event.actorId];
  const context = new TargetContext<E, D>(event, sources, readsDocuments === true);
  const failed = (cause: unknown): unknown => {
    if (context.sourceError !== undefined) return context.sourceError.error;
    const { eventType, actorId } = event;
    return new ProjectionFailedError({ projection: name, documentId: undefined, eventType, actorId, position, cause });
  };
  try {
    const ids = documentId(event, context);
    if (!(ids instanceof Promise)) return listed(ids);
    return ids.then(listed).catch((error: unknown) => {
      throw failed(error);
    });
  } catch (error) {
    throw failed(error);
  }
}

/**
 * Returns the ids of the documents that each event of a page changes, for a projection that does not read documents.
 * @throws the errors of `targetsOf`
 */
export async function targetsOfPage<E extends Event, D extends object>(
  projection: Projection<E, D>,
  events: readonly StoredEvent<E>[],
  historyOf: TargetSources<E, D>["historyOf"],
): Promise<readonly (readonly string[])[]> {
  const ids: (readonly string[])[] = events.map(() => NONE);
  const sources: TargetSources<E, D> = { historyOf, read: async () => undefined };
  await inParallel(events, (stored, index) => {
    const found = targetsOf(projection, stored, sources);
    if (found instanceof Promise) {
      return found.then((all) => {
        ids[index] = all;
      });
    }
    ids[index] = found;
    return undefined;
  });
  return ids;
}

const NONE: readonly string[] = Object.freeze([]);

function mayNotRead(): Error {
  return invalid("readsDocuments", "must be true in the definition of a projection whose documentId calls read");
}

function listed(ids: DocumentIds): readonly string[] {
  if (ids === undefined) return NONE;
  const list = typeof ids === "string" ? [ids] : [...new Set(ids)];
  for (const id of list) {
    if (typeof id !== "string" || !id.isWellFormed())
      throw invalid("documentId", "must return well-formed ids: a string, an array of strings, or undefined");
  }
  return list;
}
