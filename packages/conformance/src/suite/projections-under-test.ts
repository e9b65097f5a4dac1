import type { DocumentStore, Event, EventsOf, FeedEventStore, Immutable, Position } from "@aether/core";

/** The events of the cases. */
export type ProjectedEvent = EventsOf<{
  Added: { readonly n: number; readonly group: string };
  Kept: { readonly n: number; readonly group: string };
  Removed: { readonly n: number; readonly group: string };
}>;

/** The documents of the cases. Each depends on all of its events, and on their order. */
export interface ProjectedValue {
  /** Number that all events of the document give, in their order. */
  readonly n: number;
  /** Group of the last event that has changed the document. */
  readonly group: string;
}

/** The function of a {@link ProjectionSample} for one event type. */
export type EvolveSample<E extends Event> = (
  document: Immutable<ProjectedValue> | undefined,
  event: E,
) => Immutable<ProjectedValue> | undefined;

/** Definition of a projection that the cases run. */
export interface ProjectionSample {
  /** Name of the projection. */
  readonly name: string;
  /** Version of the definition, from 1. */
  readonly version: number;
  /**
   * Returns the documents that an event changes.
   * @default the document with the id of the event's actor
   */
  readonly documentId?:
    | ((
        event: ProjectedEvent,
        context: { readonly history: () => Promise<readonly ProjectedEvent[]> },
      ) => readonly string[] | Promise<readonly string[]>)
    | undefined;
  /** Returns the document after an event, by event type; `undefined` if the document is deleted. */
  readonly evolve: {
    readonly [Type in ProjectedEvent["eventType"]]: EvolveSample<Extract<ProjectedEvent, { eventType: Type }>>;
  };
}

/** Options with which the cases run a projection. */
export interface ProjectionSampleOptions {
  /** Store of the documents, checkpoints and leases. */
  readonly documents: DocumentStore;
  /** Number of partitions. */
  readonly partitions: 1 | 16;
  /** Time after which another process takes over, in milliseconds. */
  readonly leaseMs: number;
  /** Maximum number of events that are folded together. */
  readonly maxBatchEvents: number;
}

/** Options of a read that waits for a position. */
export interface ProjectionWait {
  /**
   * Position that the result must include.
   * @default the read does not wait
   */
  readonly atLeast?: Position | undefined;
  /**
   * Maximum time to wait, in milliseconds.
   * @default the one of the projection
   */
  readonly timeoutMs?: number | undefined;
}

/** A projection that runs in one process. */
export interface RunningSample {
  /** Returns a document; `undefined` if it does not exist. */
  get(id: string, options?: ProjectionWait): Promise<Immutable<ProjectedValue> | undefined>;
  /** Lists all documents. */
  list(options?: ProjectionWait): AsyncIterable<{ readonly id: string; readonly document: Immutable<ProjectedValue> }>;
  /** Waits until reads use this version, or a later one. */
  untilLive(options?: { readonly timeoutMs?: number | undefined }): Promise<void>;
  /** Stops the projection. Its documents remain. */
  stop(): Promise<void>;
}

/** An event store and a document store that are open. */
export interface OpenPair {
  /** Store of the events. */
  readonly store: FeedEventStore<ProjectedEvent>;
  /** Store of the documents. */
  readonly documents: DocumentStore;
  /**
   * Closes everything that was opened for the pair.
   * @default the stores are closed
   */
  readonly close?: (() => Promise<void>) | undefined;
}

/**
 * The pair of stores that the suite tests, with the function that runs projections.
 *
 * @typeParam Storage - identifies the place where the stores keep their data
 */
export interface ProjectionsUnderTest<Storage> {
  /** Runs a projection: `(store, sample, options) => runProjection(store, defineProjection(sample), options)`. */
  run(
    store: FeedEventStore<ProjectedEvent>,
    sample: ProjectionSample,
    options: ProjectionSampleOptions,
  ): Promise<RunningSample>;
  /** Creates new, empty storage. Every case gets its own. */
  createStorage(): Storage | Promise<Storage>;
  /** Opens both stores on the storage. Every case calls it once. */
  open(storage: Storage): OpenPair | Promise<OpenPair>;
  /**
   * Frees the storage, after the stores have been closed.
   * @default nothing is freed
   */
  readonly destroyStorage?: ((storage: Storage) => void | Promise<void>) | undefined;
  /**
   * Time after which processes take over from each other, in milliseconds. Choose a longer one if a write to the
   * document store can take longer than a third of it.
   * @default 500
   */
  readonly leaseMs?: number | undefined;
  /**
   * Seeds of the random schedules. Each gives other events, crashes and interleavings.
   * @default 1 to 12
   */
  readonly seeds?: readonly number[] | undefined;
  /**
   * Maximum duration of one case, in milliseconds. A case that takes longer fails.
   * @default 20_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
