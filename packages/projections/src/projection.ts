import { type Event, type EventOfType, type Immutable, invalid, type JsonShape, type Position } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";

/** Ids of the documents that an event changes: one, several, or `undefined` for none. */
export type DocumentIds = string | readonly string[] | undefined;

/** Second argument of `documentId`. */
export interface DocumentIdContext<E extends Event = Event, D extends object = object> {
  /**
   * Returns the events of the event's actor, up to and including the event, in version order. They never change, so
   * every repetition finds the same documents.
   */
  readonly history: () => Promise<readonly E[]>;
  /**
   * Returns a document as it is after all earlier events; `undefined` if it does not exist. Only for projections with
   * `readsDocuments`.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if the projection does not have `readsDocuments`
   */
  readonly read: (id: string) => Promise<Immutable<D> | undefined>;
}

/** Third argument of a function in {@link EvolveDocument}. */
export interface EvolveContext {
  /** Id of the document. */
  readonly id: string;
  /** Position of the event. */
  readonly position: Position;
}

/**
 * Functions by event type. Each returns the document after an event, or `undefined` to delete it. They must be pure:
 * the result depends only on the arguments, and the arguments are not changed. Events of other types are not read.
 */
export type EvolveDocument<E extends Event, D extends object> = {
  readonly [Type in E["eventType"]]?: (
    document: Immutable<D> | undefined,
    event: EventOfType<E, Type>,
    context: EvolveContext,
  ) => Immutable<D> | undefined;
};

/** Definition of a projection: a pure fold of events into documents. */
export interface ProjectionDefinition<E extends Event, D extends object> {
  /** Name of the projection, at most 150 bytes of UTF-8. */
  readonly name: string;
  /**
   * Version of the definition, from 1. Increase it when you change the definition: the documents of the new version are
   * built beside those of the old one.
   */
  readonly version: number;
  /**
   * Returns the documents that an event changes. Called for the events whose types are in `evolve`. The documents may
   * depend only on the event and on earlier events of its actor.
   * @default the document with the id of the event's actor
   */
  readonly documentId?:
    | ((event: E, context: DocumentIdContext<E, D>) => DocumentIds | Promise<DocumentIds>)
    | undefined;
  /**
   * True if `documentId` calls `read`. Such a projection needs one partition, and documents in memory or in an `atomic`
   * document store. Otherwise, a repetition after a crash would read documents that already contain later events.
   * @default false
   */
  readonly readsDocuments?: boolean | undefined;
  /** Returns the document after an event, by event type. */
  readonly evolve: EvolveDocument<E, D>;
}

/** A checked definition, for `runProjection` and `testProjection`. */
export interface Projection<E extends Event = Event, D extends object = object> extends ProjectionDefinition<E, D> {
  /** Types of the events that the projection reads. */
  readonly eventTypes: readonly E["eventType"][];
}

const MAX_NAME_BYTES = 150;

/**
 * Defines a projection: a read model that is a pure fold of the events of a store.
 *
 * Documents must be JSON objects. If their type contains a `Date`, a `bigint`, a function, a `Map` or a `Set`, the
 * definition does not compile.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if the definition is incomplete or invalid
 *
 * @example
 * ```ts
 * const openOrders = defineProjection<OrderEvent, { items: string[] }>({
 *   name: "open-orders",
 *   version: 1,
 *   evolve: {
 *     OrderPlaced: (order, { data }) => ({ items: [...(order?.items ?? []), data.item] }),
 *     OrderShipped: () => undefined, // deletes the document
 *   },
 * });
 * ```
 */
export function defineProjection<E extends Event, D extends object & { [Key in keyof D]: JsonShape<D[Key]> }>(
  definition: ProjectionDefinition<E, D>,
): Projection<E, D> {
  const fields = ["name", "version", "documentId", "readsDocuments", "evolve"] as const;
  const { name, version, documentId, readsDocuments = false, evolve } = readFields(definition, "definition", fields);
  checkProjectionName(name, "definition.name");
  checkCount(version, "definition.version", 1);
  if (documentId !== undefined && typeof documentId !== "function")
    throw invalid("definition.documentId", "must be a function");
  if (readsDocuments === true && documentId === undefined)
    throw invalid("definition.documentId", "must be a function, because only documentId can read documents");
  const handlers = { ...(evolve as object) } as EvolveDocument<E, D>;
  const eventTypes = Object.keys(handlers) as E["eventType"][];
  for (const type of eventTypes) {
    if (typeof handlers[type] !== "function") throw invalid(`definition.evolve.${type}`, "must be a function");
  }
  if (eventTypes.length === 0) throw invalid("definition.evolve", "must have a function for at least one event type");
  return Object.freeze({ name, version, documentId, readsDocuments, evolve: handlers, eventTypes });
}

/** Throws unless a value can be the name of a projection. @throws `AETHER_INVALID_ARGUMENT` */
export function checkProjectionName(name: unknown, argument: string): asserts name is string {
  if (typeof name === "string" && name.isWellFormed()) {
    const bytes = new TextEncoder().encode(name).length;
    if (bytes > 0 && bytes <= MAX_NAME_BYTES) return;
  }
  throw invalid(argument, `must be a non-empty, well-formed text of at most ${MAX_NAME_BYTES} bytes in UTF-8`);
}
